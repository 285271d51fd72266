/** The operations that change tables: one a table, or one for all tables of a family that change alike. */
import { literalCode } from "../code.js";
import type { Call } from "./calls.js";
import type { TableDifference } from "./compare.js";
import type { Side } from "./side.js";

/**
 * One operation a table; the same change of all tables of a family is one over the family.
 * @param compared tables that have a counterpart; of the others nothing is known
 */
export function operations(
  found: readonly TableDifference[],
  from: Side,
  compared: ReadonlySet<string>,
): string[] {
  const freed = found.map((difference) => ({ difference, early: freeing(difference, found) }));
  return [
    ...freed.flatMap(({ difference, early }) =>
      early.length === 0 ? [] : alterCode(literalCode(difference.table), { calls: early, gone: [] }),
    ),
    ...grouped(
      freed.map(({ difference, early }) => ({
        ...difference,
        calls: difference.calls.filter((call) => !early.includes(call)),
      })),
      from,
      compared,
    ),
  ];
}

/** Foreign keys to go before the tables that they refer to lose what they refer to. */
function freeing({ table, calls }: TableDifference, found: readonly TableDifference[]): Call[] {
  const loses = (name: string): boolean =>
    found.some(
      (one) =>
        one.table === name &&
        one.calls.some(({ code }) =>
          /^table\.(dropColumn|setPrimaryKey|dropPrimaryKey|dropConstraint)\(/.test(code),
        ),
    );
  return calls.filter(({ frees }) => frees !== undefined && frees !== table && loses(frees));
}

function grouped(found: readonly TableDifference[], from: Side, compared: ReadonlySet<string>): string[] {
  const groups = new Map<string, TableDifference[]>();
  for (const difference of found) {
    const code = difference.calls.map((call) => call.code);
    const key = difference.family === null ? difference.table : JSON.stringify([difference.family, code]);
    groups.set(key, [...(groups.get(key) ?? []), difference]);
  }
  const families = [...groups.values()].flatMap(([first]) => first?.family ?? []);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || first.calls.length === 0) return [];
    const { family } = first;
    const isOnly = families.filter((name) => name === family).length === 1;
    const condition = family === null || !isOnly ? null : conditionFor(group, family, from, compared);
    if (family === null || condition === null)
      return group.flatMap((one) => alterCode(literalCode(one.table), first));
    const inner = [...condition, ...alterCode("name", first)].map((line) => `  ${line}`);
    return [`for await (const name of context.tables(${literalCode(family)})) {`, ...inner, "}"];
  });
}

/**
 * What tells the tables of a family that change from those that do not: nothing where all do, else a column that only those have
 * that change; null where no column tells them apart.
 */
function conditionFor(
  group: readonly TableDifference[],
  family: string,
  from: Side,
  compared: ReadonlySet<string>,
): string[] | null {
  const changing = new Set(group.map(({ table }) => table));
  const others = [...from.tables.values()].filter(
    ({ name }) => from.families.get(name) === family && compared.has(name) && !changing.has(name),
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

function alterCode(table: string, { calls, gone }: Pick<TableDifference, "calls" | "gone">): string[] {
  return [
    ...gone.map((column) => `await losesValues(context, ${table}, ${literalCode(column)});`),
    `await context.schema.alter(${table}, (table) => {`,
    ...calls.map((call) => `  ${call.code};`),
    "});",
  ];
}
