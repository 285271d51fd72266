/** Rows that are not as they should be, whatever constraints the tables have. */
import { findDamage, findDuplicates, findRows, dangling } from "../../database/integrity.js";
import type { FoundRows } from "../../database/integrity.js";
import type { DialectName, Session } from "../../database/database.js";
import type { Column, Table } from "../../database/schema/table.js";
import { sql } from "../../database/sql.js";
import type { Sql } from "../../database/sql.js";
import type { RowFinding } from "../../repository/verification.js";
import type { SchemaPair } from "./verification.js";

/** Violations of the constraints that the tables should have. */
export async function checkConstraints(
  session: Session,
  { expected, found }: SchemaPair,
  onTable: (name: string) => void,
): Promise<RowFinding[]> {
  const findings: RowFinding[] = (await findDamage(session)).map((message) => ({
    code: "damaged-file",
    table: "",
    object: null,
    message,
    count: 1,
    examples: [],
  }));
  const there = new Map(found.tables.map((table) => [table.name, table]));
  for (const table of expected.tables) {
    const actual = there.get(table.name);
    if (actual === undefined) continue;
    onTable(table.name);
    findings.push(
      ...(await checkForeignKeys(session, table, actual, there)),
      ...(await checkValues(session, table, actual, expected.dialect)),
      ...(await checkKeys(session, table, actual)),
    );
  }
  return findings;
}

/** The columns that tell a row of a table from others, as far as they are there. */
export function keyOf(expected: Table, actual: Table): string[] {
  return (expected.primaryKey?.columns ?? []).filter((name) => has(actual, name));
}

function has({ columns }: Table, name: string): boolean {
  return columns.some((column) => column.name === name);
}

async function checkForeignKeys(
  session: Session,
  table: Table,
  actual: Table,
  tables: ReadonlyMap<string, Table>,
): Promise<RowFinding[]> {
  const findings: RowFinding[] = [];
  for (const key of table.foreignKeys) {
    const target = tables.get(key.referencedTable);
    const complete =
      key.columns.every((name) => has(actual, name)) &&
      target !== undefined &&
      key.referencedColumns.every((name) => has(target, name));
    if (!complete) continue;
    const columns = [...new Set([...keyOf(table, actual), ...key.columns])];
    const rows = await findRows(session, table.name, columns, dangling(key));
    if (rows === null) continue;
    const what = `have no row of "${key.referencedTable}" that they refer to`;
    findings.push(finding("foreign-key", table.name, key.name, what, rows));
  }
  return findings;
}

/** A rule for the values of single rows. */
interface Rule {
  readonly code: string;
  readonly object: string | null;
  readonly what: string;
  /** True for rows that break it. */
  readonly broken: Sql;
}

/** One scan for all rules; which of them is broken is asked only where one is. */
async function checkValues(
  session: Session,
  table: Table,
  actual: Table,
  dialect: DialectName,
): Promise<RowFinding[]> {
  const rules = rulesOf(table, actual, dialect);
  if (rules.length === 0) return [];
  const any = sql.join(
    rules.map(({ broken }) => sql`(${broken})`),
    " OR ",
  );
  const columns = keyOf(table, actual);
  if ((await findRows(session, table.name, columns, any)) === null) return [];
  const findings: RowFinding[] = [];
  for (const { code, object, what, broken } of rules) {
    const rows = await findRows(session, table.name, columns, broken);
    if (rows !== null) findings.push(finding(code, table.name, object, what, rows));
  }
  return findings;
}

function rulesOf(table: Table, actual: Table, dialect: DialectName): Rule[] {
  const columns = table.columns.filter(({ name }) => has(actual, name));
  const names = columns.map(({ name }) => name);
  return [
    ...columns.filter(({ nullable }) => !nullable).map(requiredRule),
    ...halfTimespans(names),
    ...(dialect === "sqlite" ? columns.flatMap(storedRule) : []),
    ...table.checks
      .filter(({ expression }) =>
        [...expression.matchAll(/"((?:[^"]|"")+)"/g)].every(([, name]) => names.includes(name ?? "")),
      )
      .map(({ name, expression }) => ({
        code: "check",
        object: name,
        what: `break the rule ${expression}`,
        broken: sql`NOT (${sql.raw(expression)})`,
      })),
  ];
}

function requiredRule({ name }: Column): Rule {
  return {
    code: "null-value",
    object: name,
    what: `have no ${name}`,
    broken: sql`t.${sql.id(name)} IS NULL`,
  };
}

/** SQLite stores any value in any column; Butler cannot read one of another kind. */
function storedRule({ name, type }: Column): Rule[] {
  const kind = type.toUpperCase().replace(/\(.*$/, "");
  const stored = storedAs.get(kind);
  if (stored === undefined) return [];
  const value = sql`t.${sql.id(name)}`;
  const other = sql`typeof(${value}) NOT IN ('null', ${sql.join(stored.map((one) => sql`${one}`))})`;
  const broken =
    kind === "CHAR" ? sql`${other} OR length(${value}) <> 32 OR ${value} GLOB '*[^0-9a-f]*'` : other;
  const what = kind === "CHAR" ? "no UUID of 32 digits" : `another kind of value than ${type}`;
  return [{ code: "wrong-value", object: name, what: `hold ${what} in ${name}`, broken }];
}

const storedAs: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    BIGINT: ["integer"],
    INTEGER: ["integer"],
    SMALLINT: ["integer"],
    BOOLEAN: ["integer"],
    FLOAT: ["real", "integer"],
    CHAR: ["text"],
    VARCHAR: ["text"],
    TEXT: ["text"],
  }),
);

/** SQLite keeps a timespan in two columns, which are NULL together. */
function halfTimespans(names: readonly string[]): Rule[] {
  if (!names.includes("timespan_begin") || !names.includes("timespan_end")) return [];
  return [
    {
      code: "half-timespan",
      object: "timespan",
      what: "have one end of their timespan only",
      broken: sql`(t.timespan_begin IS NULL) <> (t.timespan_end IS NULL)`,
    },
  ];
}

/** Keys that the table has are kept by the database; those that it lacks are looked at. */
async function checkKeys(session: Session, table: Table, actual: Table): Promise<RowFinding[]> {
  const wanted = [
    ...(table.primaryKey === null
      ? []
      : [{ name: table.primaryKey.name, columns: table.primaryKey.columns }]),
    ...table.uniques,
  ];
  const kept = [actual.primaryKey, ...actual.uniques].map((key) => key?.columns.join());
  const findings: RowFinding[] = [];
  for (const { name, columns } of wanted) {
    if (kept.includes(columns.join()) || !columns.every((column) => has(actual, column))) continue;
    const rows = await findDuplicates(session, table.name, columns);
    if (rows === null) continue;
    findings.push(finding("duplicate", table.name, name, `share their ${columns.join(", ")}`, rows));
  }
  return findings;
}

/** A finding in words: `3 rows of "visit" have no day_obs`. */
export function finding(
  code: string,
  table: string,
  object: string | null,
  what: string,
  { count, examples }: FoundRows,
): RowFinding {
  const rows = count === 1 ? "1 row" : `${count} rows`;
  return { code, table, object, message: `${rows} of "${table}" ${what}.`, count, examples };
}
