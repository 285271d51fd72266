/** The texts that make tables and indexes. */
import type { Column, ForeignKey, Index, PrimaryKey, Table } from "../schema/table.js";
import { quoteName } from "./literals.js";
import { surely } from "../../known.js";

/** `CREATE TABLE`, with all that belongs to the table itself. */
export function createTableText(table: Table): string {
  const inline = table.columns.find((column) => column.autoincrement)?.name;
  const uniques = table.uniques.map((key) => `${named(key.name)}UNIQUE (${list(key.columns)})`);
  // The indexes of keys are numbered in their order, and found again by number, so that an edit must keep it.
  const first = Number(table.options["uniquesBeforeKey"] ?? 0);
  const parts = [
    ...table.columns.map((column) => columnText(column, column.name === inline ? table.primaryKey : null)),
    ...uniques.slice(0, first),
    ...(table.primaryKey === null || inline !== undefined
      ? []
      : [`${named(table.primaryKey.name)}PRIMARY KEY (${list(table.primaryKey.columns)})`]),
    ...table.checks.map((check) => `${named(check.name)}CHECK (${check.expression})`),
    ...uniques.slice(first),
    ...table.foreignKeys.map(foreignKeyText),
  ];
  return `CREATE TABLE ${bareName(table.name)} (\n\t${parts.join(", \n\t")}\n)${optionsText(table)}`;
}

/** A column's definition. */
export function columnText(column: Column, inlineKey: PrimaryKey | null = null): string {
  return [
    bareName(column.name),
    column.type,
    column.generated === null
      ? ""
      : `GENERATED ALWAYS AS (${column.generated.expression}) ${column.generated.stored ? "STORED" : "VIRTUAL"}`,
    column.default === null ? "" : `DEFAULT ${column.default}`,
    column.nullable ? "" : "NOT NULL",
    column.collation === null ? "" : `COLLATE ${quoteName(column.collation)}`,
    inlineKey === null ? "" : `${named(inlineKey.name)}PRIMARY KEY AUTOINCREMENT`,
  ]
    .filter((piece) => piece !== "")
    .join(" ");
}

function foreignKeyText(key: ForeignKey): string {
  return [
    `${named(key.name)}FOREIGN KEY(${list(key.columns)}) REFERENCES ${bareName(key.referencedTable)}`,
    key.referencedColumns.length === 0 ? "" : ` (${list(key.referencedColumns)})`,
    key.onDelete === "NO ACTION" ? "" : ` ON DELETE ${key.onDelete}`,
    key.onUpdate === "NO ACTION" ? "" : ` ON UPDATE ${key.onUpdate}`,
    key.deferrable === "no"
      ? ""
      : ` DEFERRABLE${key.deferrable === "initially-deferred" ? " INITIALLY DEFERRED" : ""}`,
  ].join("");
}

/** `CREATE INDEX`. */
export function createIndexText(table: string, index: Index): string {
  const keys = index.keys.map((key) => {
    const subject = key.column === null ? surely(key.expression) : bareName(key.column);
    return key.suffix === null ? subject : `${subject} ${key.suffix}`;
  });
  const where = index.where === null ? "" : ` WHERE ${index.where}`;
  return `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${bareName(index.name)} ON ${bareName(table)} (${keys.join(", ")})${where}`;
}

function optionsText({ options }: Table): string {
  const words = [
    options["withoutRowid"] === true ? "WITHOUT ROWID" : "",
    options["strict"] === true ? "STRICT" : "",
  ];
  const text = words.filter((word) => word !== "").join(", ");
  return text === "" ? "" : ` ${text}`;
}

function named(name: string | null): string {
  return name === null ? "" : `CONSTRAINT ${bareName(name)} `;
}

function list(columns: readonly string[]): string {
  return columns.map(bareName).join(", ");
}

const plainName = /^[a-z_][a-z0-9_]*$/;

/** Common names are written without quotes, as Butler writes them; all others, and every keyword, with. */
export function bareName(name: string): string {
  return plainName.test(name) && !keywords.has(name) ? name : quoteName(name);
}

const keywords = new Set(
  `abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade case cast
  check collate column commit conflict constraint create cross current current_date current_time current_timestamp database
  default deferrable deferred delete desc detach distinct do drop each else end escape except exclude exclusive exists explain
  fail filter first following for foreign from full generated glob group groups having if ignore immediate in index indexed
  initially inner insert instead intersect into is isnull join key last left like limit match materialized natural no not
  nothing notnull null nulls of offset on or order others outer over partition plan pragma preceding primary query raise range
  recursive references regexp reindex release rename replace restrict returning right rollback row rows savepoint select set
  table temp temporary then ties to transaction trigger unbounded union unique update using vacuum values view virtual when
  where window with within without true false rowid`.split(/\s+/),
);
