/** Tells about rehearsals. */
import type { RehearsalReport, RehearsedStep } from "../../api/rehearse.js";
import { megabytes } from "./copy.js";
import { note, print, table } from "./table.js";

/** Prints what a rehearsal found out. */
export function printRehearsal({ copy, steps, check, needs }: RehearsalReport): void {
  if (steps.length === 0) {
    print("Nothing to do.");
    return;
  }
  print(`The copy took ${seconds(copy.durationMs)}; it was removed again.`);
  print("");
  print(table(["REVISION", "MANAGER", "TIME", "DISK", "TABLES", "LOCKS"], steps.map(rowOf)));
  print("");
  print(
    `The real run will need about ${seconds(needs.durationMs)}, and ${bytes(needs.extraBytes)} on the disk.`,
  );
  const drift = check.drift.filter((one) => one.class !== "variation");
  print(
    check.problems.length + drift.length === 0
      ? "`check` finds nothing wrong afterwards."
      : `Afterwards \`check\` finds ${check.problems.length} problems and ${drift.length} differences of the schema.`,
  );
  for (const { message } of check.problems) note(`problem: ${message}`);
  for (const { table: name, object, explanation } of drift)
    note(`difference: ${name} ${object}${explanation === null ? "" : `: ${explanation}`}`);
}

function rowOf(step: RehearsedStep): string[] {
  return [
    step.revision,
    step.manager,
    seconds(step.durationMs),
    bytes(step.extraBytes),
    tablesOf(step),
    locksOf(step),
  ];
}

/** Tables that are read or written anew are named; of the others there may be many. */
function tablesOf({ tables }: RehearsedStep): string {
  const dear = tables.filter(({ cost }) => cost !== "metadata");
  const named = dear
    .slice(0, 4)
    .map(({ name, cost, rows }) => `${cost} ${name}${rows === null ? "" : ` (${rows} rows)`}`);
  const more = dear.length - named.length;
  const light = tables.length - dear.length;
  const parts = [...named, more > 0 ? `${more} more` : "", light > 0 ? `${light} changed in place` : ""];
  return parts.filter((part) => part !== "").join(", ") || "-";
}

/** Grouped by mode: a step may lock many tables alike. */
function locksOf({ locks }: RehearsedStep): string {
  const byMode = new Map<string, string[]>();
  for (const { table: name, mode } of locks)
    byMode.set(mode, [...(byMode.get(mode) ?? []), name ?? "the file"]);
  const groups = [...byMode].map(
    ([mode, names]) => `${mode}: ${names.length > 4 ? `${names.length} tables` : names.join(", ")}`,
  );
  return groups.join("; ") || "-";
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function bytes(count: number): string {
  return megabytes(BigInt(Math.round(count)));
}
