/** What only a person can know about a difference: it becomes a question that keeps the revision from running. */
import type { TableDifference } from "./compare.js";

/** The questions about one table. The way down drops what the way up added: the run itself refuses to lose values. */
export function questionsOf(
  { table, family, gone, added, cast, left }: TableDifference,
  way: "up" | "down",
): string[] {
  const where = family ?? table;
  const names = added.map(({ name }) => name).join(", ");
  const unfilled = added.filter(({ nullable, default: value }) => !nullable && value === null);
  return [
    ...(way === "down" ? [] : gone).map((name) =>
      added.length === 0
        ? `Column "${name}" of ${where} is dropped with its values. Is that right?`
        : `Column "${name}" of ${where} is gone, and ${names} is new. Is it a new name (table.renameColumn), or are the values dropped?`,
    ),
    ...unfilled.map(
      ({ name }) =>
        `Column "${name}" of ${where} is new and must have a value. Which do the rows get that are there (\`using\`)?`,
    ),
    ...cast.map(
      ({ name, from, to }) =>
        `Column "${name}" of ${where} goes from ${from} to ${to}: its values are cast. Is that right, or does it need \`using\`?`,
    ),
    ...(left.length === 0
      ? []
      : [`${where}: not everything that differs could be written: ${left.join(", ")}. Add what is missing.`]),
  ];
}

/** The questions about tables that one side has and the other has not. */
export function tableQuestions(gone: readonly string[], made: readonly string[]): string[] {
  return gone.map((name) =>
    made.length === 0
      ? `Table "${name}" is dropped with its rows. Is that right?`
      : `Table "${name}" is gone, and ${made.join(", ")} is new. Has it a new name (table.rename), or is it dropped with its rows?`,
  );
}
