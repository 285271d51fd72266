import type { Column, OwnedSequence } from "../../schema/table.js";
import type { Row } from "../../sql.js";
import { quoteName } from "../literals.js";
import { usualName } from "../names.js";
import type { Catalog } from "./catalog.js";
import { isTrue, listOf, storageOf, textOf, textOrNull } from "./read.js";
import { cannotRepresent } from "./unsupported.js";
import { surely, valueAt } from "../../../known.js";

/** @throws InputError `unsupported-object` for a NOT NULL constraint of a kind that a column's `nullable` does not tell */
export function readColumns(table: string, catalog: Catalog): Column[] {
  const notNull = notNullNames(table, catalog);
  const identities = new Map(
    catalog.sequences
      .filter((row) => row["dependency"] === "i")
      .map((row) => [textOf(row, "column"), sequenceOptions(row)]),
  );
  return catalog.columns.map((row) => {
    const name = textOf(row, "name");
    return {
      ...readColumn(row),
      ...named(table, name, notNull),
      ...identityOptions(table, row, identities.get(name)),
    };
  });
}

function readColumn(row: Row): Column {
  const generated = textOrNull(row, "generated");
  const expression = textOrNull(row, "expression");
  const settings = columnSettings(row);
  return {
    name: textOf(row, "name"),
    type: textOf(row, "type"),
    nullable: !isTrue(row, "notNull"),
    default: generated === null ? expression : null,
    collation: textOrNull(row, "collation"),
    generated: generated === null ? null : { expression: surely(expression), stored: generated === "s" },
    identity: identityOf(row),
    autoincrement: false,
    comment: textOrNull(row, "comment"),
    ...(settings.length === 0 ? {} : { settings }),
    ...(isTrue(row, "local") ? {} : { inherited: true }),
  };
}

function identityOf(row: Row): Column["identity"] {
  const identity = textOrNull(row, "identity");
  if (identity === null) return null;
  return identity === "a" ? "always" : "by-default";
}

const storages: Readonly<Record<string, string>> = { p: "PLAIN", e: "EXTERNAL", x: "EXTENDED", m: "MAIN" };
const compressions: Readonly<Record<string, string>> = { p: "pglz", l: "lz4" };

function columnSettings(row: Row): string[] {
  const settings: string[] = [];
  const storage = textOrNull(row, "storage");
  if (storage !== null) settings.push(`SET STORAGE ${storages[storage] ?? storage}`);
  const compression = textOrNull(row, "compression");
  if (compression !== null) settings.push(`SET COMPRESSION ${compressions[compression] ?? compression}`);
  const statistics = row["statistics"];
  if (typeof statistics === "bigint" && statistics >= 0n) settings.push(`SET STATISTICS ${statistics}`);
  const options = storageOf(row, "options");
  if (options !== null) settings.push(`SET (${options})`);
  return settings;
}

/** PostgreSQL 18 keeps NOT NULL as constraints with names. */
function notNullNames(table: string, catalog: Catalog): ReadonlyMap<string, string> {
  const rows = catalog.constraints.filter((row) => row["kind"] === "n");
  for (const row of rows) {
    if (isTrue(row, "validated") && !isTrue(row, "noInherit") && textOrNull(row, "comment") === null)
      continue;
    throw cannotRepresent(
      table,
      `the NOT NULL constraint "${textOf(row, "name")}" (NOT VALID, NO INHERIT or with a comment)`,
    );
  }
  return new Map(rows.map((row) => [valueAt(listOf(row, "columns"), 0), textOf(row, "name")]));
}

function named(table: string, column: string, names: ReadonlyMap<string, string>): { notNullName?: string } {
  const name = names.get(column);
  return name === undefined || name === usualName(table, column, "not_null") ? {} : { notNullName: name };
}

/** Owned sequences; those of identity columns belong to the column's definition. */
export function readSequences(table: string, catalog: Catalog): OwnedSequence[] {
  return catalog.sequences
    .filter((row) => row["dependency"] === "a")
    .map((row) => {
      if (!isTrue(row, "here")) {
        throw cannotRepresent(table, `the sequence "${textOf(row, "name")}" of another schema`);
      }
      return {
        name: textOf(row, "name"),
        column: textOf(row, "column"),
        options: `AS ${textOf(row, "type")} ${allOptions(row)}`,
      };
    });
}

function allOptions(row: Row): string {
  return [
    `START WITH ${row["start"]}`,
    `INCREMENT BY ${row["increment"]}`,
    `MINVALUE ${row["minimum"]}`,
    `MAXVALUE ${row["maximum"]}`,
    `CACHE ${row["cache"]}`,
    isTrue(row, "cycle") ? "CYCLE" : "NO CYCLE",
  ].join(" ");
}

const greatest: Readonly<Record<string, bigint>> = {
  smallint: 32767n,
  integer: 2147483647n,
  bigint: 9223372036854775807n,
};

interface SequenceOptions {
  readonly name: string;
  readonly text: string;
}

function sequenceOptions(row: Row): SequenceOptions {
  const usual =
    row["start"] === 1n &&
    row["increment"] === 1n &&
    row["minimum"] === 1n &&
    row["maximum"] === greatest[textOf(row, "type")] &&
    row["cache"] === 1n &&
    !isTrue(row, "cycle");
  return { name: textOf(row, "name"), text: usual ? "" : allOptions(row) };
}

/** The sequence's name is part of it where it is not the usual one: after a rename of table or column it is the old one. */
function identityOptions(
  table: string,
  row: Row,
  options: SequenceOptions | undefined,
): { identityOptions?: string } {
  if (options === undefined) return {};
  const usual = options.name === usualName(table, textOf(row, "name"), "seq");
  const text = [usual ? "" : `SEQUENCE NAME ${quoteName(options.name)}`, options.text].join(" ").trim();
  return text === "" ? {} : { identityOptions: text };
}
