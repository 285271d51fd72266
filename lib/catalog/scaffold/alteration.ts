/** The code that changes a table, up and down, from the flags that say what changes. */
import { InputError } from "../../errors.js";
import { literalCode } from "./code.js";
import { askedChanges } from "./asked.js";
import { requireFillable } from "./column.js";
import type { ColumnText } from "./column.js";
import type { FlagValues } from "./flags.js";
import type { CheckText, ForeignKeyText, KeyText, RenameText } from "./keys.js";

/** Code for a template. Every line is a statement without its semicolon. */
export interface AlterationCode {
  /** Calls on `table`, inside of `schema.alter`. */
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** Statements before it, in which `table` stands for the code of the table's name. */
  readonly beforeUp: readonly string[];
  readonly beforeDown: readonly string[];
  /** Why there is no way down, or null. */
  readonly irreversible: string | null;
  /** Whether code from before can go on using the table. */
  readonly forward: "full" | "none";
  /** Whether code that knows the change can use the table without it. */
  readonly backward: "full" | "none";
}

interface Change extends Partial<AlterationCode> {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/**
 * Makes the code of the changes that flags ask for.
 *
 * @param table code of the table's name, for the statements before the change
 * @throws InputError `missing-flag` where something changes, but no table is named
 */
export function alterationCode(flags: FlagValues, table: string): AlterationCode {
  const asked = askedChanges(flags);
  const changes: Change[] = [
    ...asked.renameColumn.map(renamed),
    ...asked.dropIndex.map(withoutIndex),
    ...asked.dropColumn.map((column) => withoutColumn(column, table)),
    ...asked.addColumn.map((column) => withColumn(column, table)),
    ...asked.addUnique.map(withUnique),
    ...asked.addForeignKey.map((key, number) =>
      withForeignKey(key, table, number, isIndexed(key, [...asked.addIndex, ...asked.addUnique])),
    ),
    ...asked.addCheck.map(withCheck),
    ...asked.addIndex.map(withIndex),
  ];
  return {
    up: changes.flatMap(({ up }) => up),
    down: changes.toReversed().flatMap(({ down }) => down),
    beforeUp: changes.flatMap(({ beforeUp = [] }) => beforeUp),
    beforeDown: changes.toReversed().flatMap(({ beforeDown = [] }) => beforeDown),
    irreversible: changes.find((change) => typeof change.irreversible === "string")?.irreversible ?? null,
    forward: changes.some(({ forward }) => forward === "none") ? "none" : "full",
    backward: changes.some(({ backward }) => backward === "none") ? "none" : "full",
  };
}

/** Whether any flag asks for a change. */
export function asksForChange(code: AlterationCode): boolean {
  return code.up.length > 0;
}

/** Makes the code that creates a table with the columns and keys that flags ask for. */
export function creationCode(flags: FlagValues): AlterationCode {
  const asked = askedChanges(flags);
  const key: readonly string[] = asked.createTable?.columns ?? [];
  const name = asked.createTable?.name ?? null;
  const calls = [
    ...asked.addColumn
      .map((column) => (key.includes(column.name) ? { ...column, nullable: false } : column))
      .map(columnCode),
    ...(asked.createTable === undefined
      ? []
      : [`table.addPrimaryKey(${names(key)}${name === null ? "" : `, { name: ${text(name)} }`})`]),
    ...asked.addUnique.flatMap((one) => withUnique(one).up),
    ...asked.addForeignKey.map((one) => foreignKeyCode(one)),
    ...asked.addCheck.flatMap((one) => withCheck(one).up),
    ...asked.addIndex.map(indexCode),
  ];
  return {
    up: calls.map((call) =>
      call.replace(/^table\.add(\w)/, (_all, letter: string) => `table.${letter.toLowerCase()}`),
    ),
    down: [],
    beforeUp: [],
    beforeDown: [],
    irreversible: null,
    forward: "full",
    backward: "none",
  };
}

/** The code of a list of the columns that flags add; null where they ask for anything that needs a table to be there. */
export function addedColumnsCode(flags: FlagValues): string | null {
  const asked = askedChanges(flags);
  if (asked.dropColumn.length > 0 || asked.renameColumn.length > 0 || asked.dropIndex.length > 0) return null;
  return asked.addColumn.length === 0 ? null : names(asked.addColumn.map(({ name }) => name));
}

/** Refuses changes without a table. @throws InputError `missing-flag` */
export function requireTable(flag: string, value: unknown, code: AlterationCode): void {
  if (value !== undefined || !asksForChange(code)) return;
  throw new InputError("missing-flag", `Say with --${flag} what is changed.`);
}

const text = literalCode;
const names = (columns: readonly string[]): string => `[${columns.map(text).join(", ")}]`;

function columnCode({ name, type, nullable, default: value }: ColumnText): string {
  const options = [...(nullable ? ["nullable: true"] : []), ...(value === null ? [] : [`default: ${value}`])];
  const last = options.length === 0 ? "" : `, { ${options.join(", ")} }`;
  return `table.addColumn(${text(name)}, ${type}${last})`;
}

function withColumn(column: ColumnText, table: string): Change {
  requireFillable(column);
  const unless = column.default === null || column.default.startsWith("sql`") ? "" : `, ${column.default}`;
  return {
    up: [columnCode(column)],
    down: [`table.dropColumn(${text(column.name)})`],
    beforeDown: [`await losesValues(context, ${table}, ${text(column.name)}${unless})`],
    backward: "none",
  };
}

function withoutColumn(column: ColumnText | string, table: string): Change {
  const name = typeof column === "string" ? column : column.name;
  return {
    up: [`table.dropColumn(${text(name)})`],
    down: typeof column === "string" ? [] : [columnCode(column)],
    beforeUp: [`await losesValues(context, ${table}, ${text(name)})`],
    irreversible:
      typeof column === "string"
        ? `The definition of the dropped column ${name} is not recorded here.`
        : null,
    forward: "none",
  };
}

function renamed({ from, to }: RenameText): Change {
  return {
    up: [`table.renameColumn(${text(from)}, ${text(to)})`],
    down: [`table.renameColumn(${text(to)}, ${text(from)})`],
    forward: "none",
    backward: "none",
  };
}

function withUnique({ columns, name }: KeyText): Change {
  const options = name === null ? "" : `, { name: ${text(name)} }`;
  const which = name === null ? `{ kind: "unique", columns: ${names(columns)} }` : `{ name: ${text(name)} }`;
  return {
    up: [`table.addUnique(${names(columns)}${options})`],
    down: [`table.dropConstraint(${which})`],
    forward: "none",
  };
}

function foreignKeyCode(
  { columns, table, referenced, onDelete, onUpdate }: ForeignKeyText,
  index: "by-convention" | "none" = "by-convention",
): string {
  const options = [
    ...(onDelete === undefined ? [] : [`onDelete: ${text(onDelete)}`]),
    ...(onUpdate === undefined ? [] : [`onUpdate: ${text(onUpdate)}`]),
    ...(index === "none" ? ['index: "none"'] : []),
  ];
  const last = options.length === 0 ? "" : `, { ${options.join(", ")} }`;
  return `table.addForeignKey(${names(columns)}, { table: ${text(table)}, columns: ${names(referenced)} }${last})`;
}

/** A foreign key gets an index by the repository's conventions, unless one is asked for; which there is, is seen on the way down. */
function withForeignKey(key: ForeignKeyText, table: string, number: number, indexed: boolean): Change {
  const { columns } = key;
  const constraint = `table.dropConstraint({ kind: "foreign-key", columns: ${names(columns)} })`;
  if (indexed) return { up: [foreignKeyCode(key, "none")], down: [constraint] };
  const index = `index${number === 0 ? "" : number + 1}`;
  return {
    up: [foreignKeyCode(key)],
    beforeDown: [`const ${index} = await foreignKeyIndex(context, ${table}, ${names(columns)})`],
    down: [`if (${index} !== null) table.dropIndex({ name: ${index} })`, constraint],
  };
}

function isIndexed({ columns }: ForeignKeyText, keys: readonly KeyText[]): boolean {
  return keys.some((key) => key.columns.join("\0") === columns.join("\0"));
}

function withCheck({ name, expression }: CheckText): Change {
  return {
    up: [`table.addCheck({ name: ${text(name)}, expression: ${text(expression)} })`],
    down: [`table.dropConstraint({ name: ${text(name)} })`],
    forward: "none",
  };
}

function indexCode({ columns, name, unique }: KeyText): string {
  const options = [...(name === null ? [] : [`name: ${text(name)}`]), ...(unique ? ["unique: true"] : [])];
  return `table.addIndex(${names(columns)}${options.length === 0 ? "" : `, { ${options.join(", ")} }`})`;
}

function noIndexCode({ columns, name }: KeyText): string {
  return `table.dropIndex(${name === null ? `{ columns: ${names(columns)} }` : `{ name: ${text(name)} }`})`;
}

function withIndex(key: KeyText): Change {
  return { up: [indexCode(key)], down: [noIndexCode(key)], ...(key.unique ? { forward: "none" } : {}) };
}

function withoutIndex(key: KeyText): Change {
  return { up: [noIndexCode(key)], down: [indexCode(key)] };
}
