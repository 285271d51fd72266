/** The code that turns one repository into another: `godwit revision new --diff OLD NEW`. */
import { InputError } from "../../../errors.js";
import { openRepository } from "../../../repository/open.js";
import type { OpenOptions } from "../../../repository/open.js";
import { literalCode } from "../code.js";
import { differences, readSide } from "./compare.js";
import type { Side, TableDifference } from "./compare.js";
import { createCode } from "./create.js";

/** What changes, as lines of code; the same for the way back. */
export interface DiffCode {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/**
 * Compares two repositories.
 * @throws InputError `different-databases`, `no-difference`, and those of opening them
 */
export async function diffRepositories(from: string, to: string, options: OpenOptions): Promise<DiffCode> {
  const [old, fresh] = [await openRepository(from, options), await openRepository(to, options)];
  try {
    if (old.database.dialect !== fresh.database.dialect) {
      throw new InputError("different-databases", `${old.uri} and ${fresh.uri} are of different databases.`, {
        hint: "Compare repositories in the same kind of database.",
      });
    }
    return await old.database.transaction({ mode: "read" }, (oldSession) =>
      fresh.database.transaction({ mode: "read" }, async (freshSession) => {
        const [before, after] = [await readSide(old, oldSession), await readSide(fresh, freshSession)];
        const code = { up: await wayCode(before, after, "up"), down: await wayCode(after, before, "down") };
        if (code.up.length > 0) return code;
        throw new InputError("no-difference", `The tables of ${old.uri} and ${fresh.uri} are alike.`);
      }),
    );
  } finally {
    await old.close();
    await fresh.close();
  }
}

async function wayCode(from: Side, to: Side, way: "up" | "down"): Promise<string[]> {
  const found = await differences(from, to);
  const questions = found
    .flatMap((one) => questionsOf(one, way))
    .map((text) => `unanswered(${literalCode(text)});`);
  const made = staticTablesOnlyIn(to, from);
  const gone = staticTablesOnlyIn(from, to);
  const lost = gone.map(
    (name) => `unanswered(${literalCode(`Table "${name}" is dropped with its rows. Is that right?`)});`,
  );
  return [
    ...new Set([...questions, ...lost]),
    ...made.flatMap((name) => createCode(to, name)),
    ...operations(found, from),
    ...gone.toReversed().map((name) => `await context.schema.drop(${literalCode(name)});`),
  ];
}

/** Dynamic tables come and go with what a repository holds, not with its format. */
function staticTablesOnlyIn(side: Side, other: Side): string[] {
  return [...side.tables.keys()].filter((name) => !other.tables.has(name) && !side.families.has(name));
}

/** What only a person can know: whether a column was renamed, whether values may go, how they are converted. */
function questionsOf(
  { table, family, gone, added, calls, incomplete }: TableDifference,
  way: "up" | "down",
): string[] {
  const where = family ?? table;
  const converted = calls.filter(
    (call) => /changeColumn\(.*type: /.test(call) && !call.includes("type.string("),
  );
  return [
    // The way down drops what the way up added; the run itself refuses to lose values.
    ...(way === "down" ? [] : gone).map((name) =>
      added.length === 0
        ? `Column "${name}" of ${where} is dropped with its values. Is that right?`
        : `Column "${name}" of ${where} is gone, and ${added.join(", ")} is new. Is it a new name (table.renameColumn), or are the values dropped?`,
    ),
    ...converted.map(
      (call) => `${where}: ${call} casts the values. Is that right, or does it need \`using\`?`,
    ),
    ...(incomplete
      ? [`${where}: not everything that differs could be written. Compare, and add what is missing.`]
      : []),
  ];
}

/** One operation a table; the same change of all tables of a family is one over the family. */
function operations(found: readonly TableDifference[], from: Side): string[] {
  const groups = new Map<string, TableDifference[]>();
  for (const difference of found) {
    const key =
      difference.family === null ? difference.table : JSON.stringify([difference.family, difference.calls]);
    groups.set(key, [...(groups.get(key) ?? []), difference]);
  }
  const families = [...groups.values()].flatMap(([first]) => first?.family ?? []);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || first.calls.length === 0) return [];
    const { family, calls, gone } = first;
    const isOnly = families.filter((name) => name === family).length === 1;
    const condition = family === null || !isOnly ? null : conditionFor(group, family, from);
    if (family === null || condition === null)
      return group.flatMap((one) => alterCode(literalCode(one.table), calls, gone));
    const inner = [...condition, ...alterCode("name", calls, gone)].map((line) => `  ${line}`);
    return [`for await (const name of context.tables(${literalCode(family)})) {`, ...inner, "}"];
  });
}

/**
 * What tells the tables of a family that change from those that do not: nothing where all do, else a column that only those have
 * that change; null where no column tells them apart.
 */
function conditionFor(group: readonly TableDifference[], family: string, from: Side): string[] | null {
  const changing = new Set(group.map(({ table }) => table));
  const others = [...from.tables.values()].filter(
    ({ name }) => from.families.get(name) === family && !changing.has(name),
  );
  if (others.length === 0) return [];
  const [first] = group;
  const telling = [...(first?.changed ?? []), ...(first?.gone ?? [])].find((column) =>
    others.every(({ columns }) => columns.every(({ name }) => name !== column)),
  );
  if (telling === undefined) return null;
  return [
    "const { columns } = await context.schema.table(name);",
    `if (columns.every((column) => column.name !== ${literalCode(telling)})) continue;`,
  ];
}

function alterCode(table: string, calls: readonly string[], gone: readonly string[]): string[] {
  return [
    ...gone.map((column) => `await losesValues(context, ${table}, ${literalCode(column)});`),
    `await context.schema.alter(${table}, (table) => {`,
    ...calls.map((call) => `  ${call};`),
    "});",
  ];
}
