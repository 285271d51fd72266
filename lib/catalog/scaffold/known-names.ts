/** Names of tables, columns and families that a repository has, to check flags against: `--from-repo`. */
import { InputError } from "../../errors.js";
import type { Column } from "../../database/schema/table.js";
import { openRepository } from "../../repository/open.js";
import type { DimensionNames } from "../../repository/repository.js";
import type { OpenOptions } from "../../repository/open.js";
import { askedChanges } from "./asked.js";
import type { AskedChanges } from "./asked.js";
import type { ColumnText } from "./column.js";
import type { FlagValues } from "./flags.js";
import { typeCodeOf } from "./stored-type.js";
import { surely, valueAt, valueOf } from "../../known.js";

/** The names in a repository. */
export interface RepositoryNames {
  readonly uri: string;
  readonly tables: ReadonlyMap<string, readonly Column[]>;
  /** The tables of each family. */
  readonly families: ReadonlyMap<string, readonly string[]>;
  /** Null where it has no dimensions. */
  readonly dimensions: DimensionNames | null;
}

/** Reads the names of a repository. Nothing is changed. @throws InputError where it cannot be opened */
export async function readNames(uri: string, options: OpenOptions = {}): Promise<RepositoryNames> {
  const repository = await openRepository(uri, options);
  try {
    return await repository.database.transaction({ mode: "read" }, async (session) => {
      const schema = session.schema(repository.conventions);
      const found = await schema.tables(await schema.tableNames());
      const tables = new Map(found.map(({ name, columns }) => [name, columns]));
      const families = await repository.tableFamilies(session);
      return {
        uri: repository.uri,
        tables,
        families: new Map(families.map(({ name, recorded }) => [name, recorded])),
        dimensions: await repository.dimensionNames(session),
      };
    });
  } finally {
    await repository.close();
  }
}

/**
 * Checks the flags of a template against what a repository has.
 * @returns the flags; a dropped column that was named alone has the definition that it has there
 * @throws InputError `unknown-table`, `unknown-family`, `unknown-column`, `unknown-dimension` with near matches,
 *   `duplicate-column`, `duplicate-dimension`
 */
export async function checkFlags(names: RepositoryNames, flags: FlagValues): Promise<FlagValues> {
  const asked = askedChanges(flags);
  await checkDimensions(names, asked);
  if (asked.createTable !== undefined) return flags;
  const table = await tableMeant(names, asked);
  if (table === null) return flags;
  const columns = valueOf(names.tables, table);
  await checkColumns(names, table, columns, asked);
  for (const { table: other, referenced } of asked.addForeignKey) {
    await requireKnown("table", other, [...names.tables.keys()], names.uri);
    const there = valueOf(names.tables, other).map(({ name }) => name);
    for (const column of referenced) await requireKnown("column", column, there, `table "${other}"`);
  }
  return { ...flags, dropColumn: asked.dropColumn.map((one) => withDefinition(one, columns)) };
}

async function checkDimensions(
  { uri, dimensions: there }: RepositoryNames,
  { dimension, requires, implies }: AskedChanges,
): Promise<void> {
  if (dimension === undefined) return;
  const where = `the dimension configuration of ${uri}`;
  if (there?.elements.includes(dimension) === true)
    throw new InputError("duplicate-dimension", `There is a dimension "${dimension}" in ${where} already.`);
  for (const name of [...requires, ...implies]) {
    if (there?.isDimension(name) === true) continue;
    const known = there?.dimensions ?? [];
    const near = await nearMatch("dimension", name, known);
    throw new InputError("unknown-dimension", `There is no dimension "${name}" in ${where}.`, {
      hint: known.length === 0 ? near : `${near} There are ${known.join(", ")}.`,
    });
  }
}

/** The table, or one of the family: its tables are alike in what a revision changes. */
async function tableMeant(names: RepositoryNames, { table, family }: AskedChanges): Promise<string | null> {
  if (table !== undefined) {
    await requireKnown("table", table, [...names.tables.keys()], names.uri);
    return table;
  }
  if (family === undefined) return null;
  await requireKnown("family", family, [...names.families.keys()], names.uri);
  return valueAt(valueOf(names.families, family), 0);
}

async function checkColumns(
  { uri }: RepositoryNames,
  table: string,
  columns: readonly Column[],
  asked: AskedChanges,
): Promise<void> {
  const there = columns.map(({ name }) => name);
  for (const { name } of asked.addColumn) {
    if (!there.includes(name)) continue;
    throw new InputError("duplicate-column", `Table "${table}" of ${uri} has a column "${name}" already.`);
  }
  const before = [
    ...asked.dropColumn.map((column) => (typeof column === "string" ? column : column.name)),
    ...asked.renameColumn.map(({ from }) => from),
  ];
  for (const name of before) await requireKnown("column", name, there, `table "${table}"`);
  const after = [
    ...there,
    ...asked.addColumn.map(({ name }) => name),
    ...asked.renameColumn.map(({ to }) => to),
  ];
  const used = [...asked.addIndex, ...asked.dropIndex, ...asked.addUnique, ...asked.addForeignKey];
  for (const name of used.flatMap(({ columns: list }) => list)) {
    await requireKnown("column", name, after, `table "${table}"`);
  }
}

function withDefinition(column: ColumnText | string, columns: readonly Column[]): ColumnText | string {
  if (typeof column !== "string") return column;
  const stored = surely(columns.find(({ name }) => name === column));
  const type = typeCodeOf(stored.type);
  if (type === null) return column;
  const value = stored.default === null ? null : `sql\`${stored.default.replace(/[`\\]|\$\{/g, "\\$&")}\``;
  return { name: column, type, nullable: stored.nullable, default: value };
}

async function requireKnown(
  kind: string,
  name: string,
  known: readonly string[],
  where: string,
): Promise<void> {
  if (known.includes(name)) return;
  throw new InputError(`unknown-${kind}`, `There is no ${kind} "${name}" in ${where}.`, {
    hint: await nearMatch(kind, name, known),
  });
}

async function nearMatch(kind: string, name: string, known: readonly string[]): Promise<string> {
  if (known.length === 0) return `There is no ${kind} at all.`;
  const { closest } = await import("fastest-levenshtein");
  return `Did you mean "${closest(name, known)}"?`;
}
