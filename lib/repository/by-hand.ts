import type { SchemaDifference } from "./verification.js";

/** Why a repair leaves a difference to a person, and what that person can do. */
export function whyByHand(difference: SchemaDifference): string {
  const { kind, property, expected, found } = difference;
  if (property === "presence" && expected === null) return whyTooMuch(difference);
  if (property === "presence" && found === null) return whyMissing(difference);
  if (kind === "column") return "its values would have to be converted: a revision can do that";
  return "it cannot be changed where it is; make it again as the versions say";
}

function whyTooMuch({ kind }: SchemaDifference): string {
  const ways = "drop it, or have a revision of your own make it";
  return kind === "table" || kind === "column"
    ? `no version knows it, and it may hold data: ${ways}`
    : `no version knows it: ${ways}`;
}

function whyMissing({ kind }: SchemaDifference): string {
  if (kind === "table") return "what its rows were is not known: take them from a backup or a copy";
  if (kind === "column") return "what its values were is not known: take them from a backup or a copy";
  if (kind === "extension") return "the administrator of the database installs it";
  return "a column that it needs is missing, too";
}
