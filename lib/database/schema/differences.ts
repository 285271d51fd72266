/** How tables differ from those that are expected. The order of columns and documentation never count. */
import type {
  Check,
  Column,
  Exclusion,
  ForeignKey,
  Index,
  IndexKey,
  Table,
  Trigger,
  Unique,
} from "./table.js";
import { surely } from "../../known.js";

/** What kind of thing differs. */
export type ObjectKind =
  | "table"
  | "column"
  | "primary-key"
  | "unique"
  | "foreign-key"
  | "check"
  | "exclusion"
  | "index"
  | "trigger"
  | "sequence"
  | "view"
  | "extension";

/** One thing that is missing, too much, or different. */
export interface TableDifference {
  /** Empty for what belongs to no table: an extension of the database. */
  readonly table: string;
  readonly kind: ObjectKind;
  /** The name of the column, constraint or index; null for the table itself, or where it has none. */
  readonly name: string | null;
  /** What differs: `presence`, or a property of something that is there. */
  readonly property: "presence" | "name" | "definition" | "type" | "nullable" | "default" | "options";
  /** As text; null where nothing is expected. */
  readonly expected: string | null;
  /** As text; null where nothing was found. */
  readonly found: string | null;
}

/** What a difference is about, for people: `column "day_obs"`. */
export function objectText({ kind, name }: Pick<TableDifference, "kind" | "name">): string {
  const words = kind.replaceAll("-", " ");
  return name === null ? words : `${words} "${name}"`;
}

/** All differences, sorted by table. */
export function compareTables(expected: readonly Table[], found: readonly Table[]): TableDifference[] {
  const names = [...new Set([...expected, ...found].map(({ name }) => name))].toSorted();
  return names.flatMap((name) => {
    const wanted = expected.find((table) => table.name === name);
    const there = found.find((table) => table.name === name);
    if (wanted !== undefined && there !== undefined) return compareTable(wanted, there);
    const whole = { table: name, kind: "table", name: null, property: "presence" } as const;
    return wanted === undefined
      ? [{ ...whole, expected: null, found: "a table" }]
      : [{ ...whole, expected: "a table", found: null }];
  });
}

/** Something that is no table: a sequence, or a view. */
export interface OtherObject {
  readonly name: string;
  /** What is compared of it. */
  readonly text: string;
}

/**
 * How objects that are no tables differ.
 * @param tableOf the table that an object belongs to, empty for none
 */
export function compareOthers(
  kind: "sequence" | "view",
  expected: readonly OtherObject[],
  found: readonly OtherObject[],
  tableOf: (name: string) => string = () => "",
): TableDifference[] {
  const names = [...new Set([...expected, ...found].map(({ name }) => name))].toSorted();
  const textOf = (list: readonly OtherObject[], name: string): string | null =>
    list.find((one) => one.name === name)?.text ?? null;
  return names.flatMap((name) => {
    const [wanted, there] = [textOf(expected, name), textOf(found, name)];
    if (wanted === there) return [];
    const property = wanted === null || there === null ? "presence" : "definition";
    return [{ table: tableOf(name), kind, name, property, expected: wanted, found: there }];
  });
}

/** How one table differs. */
export function compareTable(expected: Table, found: Table): TableDifference[] {
  const table = expected.name;
  return [
    ...compareColumns(table, expected.columns, found.columns),
    ...comparePrimaryKeys(expected, found),
    ...compareObjects(table, "unique", expected.uniques, found.uniques, uniqueText),
    ...compareObjects(table, "foreign-key", expected.foreignKeys, found.foreignKeys, foreignKeyText),
    ...compareObjects(table, "check", expected.checks, found.checks, checkText),
    ...compareObjects(table, "exclusion", expected.exclusions, found.exclusions, exclusionText),
    ...compareObjects(table, "index", expected.indexes, found.indexes, indexText),
    ...compareObjects(table, "trigger", expected.triggers, found.triggers, triggerText),
    ...compareOptions(expected, found),
  ];
}

function compareColumns(
  table: string,
  expected: readonly Column[],
  found: readonly Column[],
): TableDifference[] {
  const names = [...new Set([...expected, ...found].map(({ name }) => name))];
  return names.flatMap((name): TableDifference[] => {
    const wanted = expected.find((column) => column.name === name);
    const there = found.find((column) => column.name === name);
    const about = { table, kind: "column", name } as const;
    if (wanted !== undefined && there !== undefined) return compareColumn(table, wanted, there);
    return [
      {
        ...about,
        property: "presence",
        expected: wanted === undefined ? null : columnText(wanted),
        found: there === undefined ? null : columnText(there),
      },
    ];
  });
}

function compareColumn(table: string, expected: Column, found: Column): TableDifference[] {
  const about = { table, kind: "column", name: expected.name } as const;
  const properties = [
    ["type", plainType(expected.type), plainType(found.type)],
    ["nullable", nullText(expected), nullText(found)],
    ["default", plainDefault(expected.default), plainDefault(found.default)],
    ["options", columnOptions(expected), columnOptions(found)],
  ] as const;
  return properties
    .filter(([, wanted, there]) => wanted !== there)
    .map(([property, wanted, there]) => ({ ...about, property, expected: wanted, found: there }));
}

function columnText(column: Column): string {
  const value = plainDefault(column.default);
  return [
    plainType(column.type),
    column.nullable ? "" : "NOT NULL",
    value === null ? "" : `DEFAULT ${value}`,
    columnOptions(column) ?? "",
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/** SQLite's types are the same in upper and lower case; PostgreSQL writes all of them in lower case. */
function plainType(type: string): string {
  const text = type.replaceAll(/\s+/g, " ");
  return text === text.toLowerCase() ? text : text.toUpperCase();
}

function nullText({ nullable }: Column): string {
  return nullable ? "NULL" : "NOT NULL";
}

/** Without parentheses around the whole, which newer libraries write. */
function plainDefault(text: string | null): string | null {
  return text === null ? null : text.replace(/^\((.*)\)$/s, "$1").trim();
}

function columnOptions({ collation, generated, identity, autoincrement }: Column): string | null {
  const options = [
    collation === null ? "" : `COLLATE ${collation}`,
    generated === null ? "" : `GENERATED ALWAYS AS (${generated.expression})`,
    identity === null ? "" : `IDENTITY ${identity}`,
    autoincrement ? "AUTOINCREMENT" : "",
  ].filter((part) => part !== "");
  return options.length === 0 ? null : options.join(" ");
}

/** A key has a name only where the expected one has. */
function comparePrimaryKeys({ name: table, primaryKey: wanted }: Table, found: Table): TableDifference[] {
  const there = found.primaryKey;
  const about = { table, kind: "primary-key", name: wanted?.name ?? there?.name ?? null } as const;
  const [expectedText, foundText] = [wanted, there].map((key) =>
    key === null ? null : columnList(key.columns),
  );
  if (expectedText !== foundText) {
    const property = wanted === null || there === null ? "presence" : "definition";
    return [{ ...about, property, expected: expectedText ?? null, found: foundText ?? null }];
  }
  if (wanted === null || wanted.name === null || wanted.name === there?.name) return [];
  return [{ ...about, property: "name", expected: wanted.name, found: there?.name ?? null }];
}

interface NamedObject {
  readonly name: string | null;
}

/** Things are the same by their name, else by their definition. */
function compareObjects<T extends NamedObject>(
  table: string,
  kind: ObjectKind,
  expected: readonly T[],
  found: readonly T[],
  textOf: (object: T) => string,
): TableDifference[] {
  const differences: TableDifference[] = [];
  const left = [...found];
  const take = (matches: (object: T) => boolean): T | undefined => {
    const position = left.findIndex(matches);
    return position < 0 ? undefined : left.splice(position, 1)[0];
  };
  const unnamed: T[] = [];
  for (const wanted of expected) {
    const there = take(({ name }) => name === wanted.name);
    if (there === undefined) unnamed.push(wanted);
    else if (textOf(wanted) !== textOf(there)) {
      differences.push({
        table,
        kind,
        name: wanted.name,
        property: "definition",
        expected: textOf(wanted),
        found: textOf(there),
      });
    }
  }
  for (const wanted of unnamed) {
    const same = take((object) => textOf(object) === textOf(wanted));
    differences.push(
      same === undefined
        ? { table, kind, name: wanted.name, property: "presence", expected: textOf(wanted), found: null }
        : { table, kind, name: wanted.name, property: "name", expected: wanted.name, found: same.name },
    );
  }
  for (const there of left) {
    differences.push({
      table,
      kind,
      name: there.name,
      property: "presence",
      expected: null,
      found: textOf(there),
    });
  }
  return differences;
}

function columnList(columns: readonly string[]): string {
  return `(${columns.join(", ")})`;
}

function uniqueText({ columns, deferrable, nullsNotDistinct, include }: Unique): string {
  const more = [
    include === undefined ? "" : ` INCLUDE ${columnList(include)}`,
    nullsNotDistinct === true ? " NULLS NOT DISTINCT" : "",
    deferrable === undefined ? "" : ` DEFERRABLE ${deferrable}`,
  ];
  return `${columnList(columns)}${more.join("")}`;
}

function foreignKeyText(key: ForeignKey): string {
  const target = `${key.referencedSchema === undefined ? "" : `${key.referencedSchema}.`}${key.referencedTable}`;
  const more = [
    key.onDelete === "NO ACTION" ? "" : ` ON DELETE ${key.onDelete}`,
    key.onUpdate === "NO ACTION" ? "" : ` ON UPDATE ${key.onUpdate}`,
    key.deferrable === "no" ? "" : ` DEFERRABLE ${key.deferrable}`,
    stateText(key),
  ];
  return `${columnList(key.columns)} -> ${target}${columnList(key.referencedColumns)}${more.join("")}`;
}

function stateText(constraint: Pick<ForeignKey, "validated" | "enforced">): string {
  if (constraint.enforced === false) return " NOT ENFORCED";
  return constraint.validated === false ? " NOT VALID" : "";
}

/** Quotes and spaces of an expression mean nothing here: old releases wrote the columns of checks without quotes. */
function checkText(check: Check): string {
  const plain = check.expression.replaceAll('"', "").replaceAll(/\s+/g, " ").trim();
  return `${plain}${stateText(check)}`;
}

function exclusionText({ definition }: Exclusion): string {
  return definition.replaceAll(/\s+/g, " ");
}

function indexText({ unique, keys, method, where, include, nullsNotDistinct, valid }: Index): string {
  const more = [
    include.length === 0 ? "" : ` INCLUDE ${columnList(include)}`,
    nullsNotDistinct === true ? " NULLS NOT DISTINCT" : "",
    where === null ? "" : ` WHERE ${where}`,
    valid === false ? ", not valid" : "",
  ];
  const using = method === "btree" ? "" : ` USING ${method}`;
  return `${unique ? "UNIQUE " : ""}${columnList(keys.map(keyText))}${using}${more.join("")}`;
}

function keyText({ column, expression, suffix }: IndexKey): string {
  return `${column ?? `(${surely(expression)})`}${suffix === null ? "" : ` ${suffix}`}`;
}

function triggerText({ definition, state }: Trigger): string {
  return `${definition.replaceAll(/\s+/g, " ")}${state === undefined ? "" : ` ${state}`}`;
}

/** How SQLite stores the rows; storage parameters of PostgreSQL are the administrator's. */
function compareOptions(expected: Table, found: Table): TableDifference[] {
  const [wanted, there] = [storageText(expected), storageText(found)];
  if (wanted === there) return [];
  return [
    { table: expected.name, kind: "table", name: null, property: "options", expected: wanted, found: there },
  ];
}

function storageText({ options }: Table): string | null {
  const set = ["withoutRowid", "strict"].filter((name) => options[name] === true);
  return set.length === 0 ? null : set.join(", ");
}
