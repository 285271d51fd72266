/** Whether code from before a revision can still use the tables that it leaves, as the revision declares. */
import { StepError } from "../errors.js";
import type { PlannedStep } from "../api/results.js";
import type { Column, Table } from "../database/schema/table.js";
import type { Snapshot } from "./snapshot.js";

/**
 * Holds `compatibility.forward: "full"` against what was changed. Code asks for the tables and columns that it knows, and adds rows
 * without those that it does not know; of dynamic tables it refuses even columns that it does not know. Trees of configurations are left
 * out: code reads there which columns it has.
 *
 * @param dynamic names of dynamic tables
 * @throws StepError `stairway`
 */
export function requireForward(
  { revision, manager, compatibility }: PlannedStep,
  before: Snapshot,
  after: Snapshot,
  dynamic: ReadonlySet<string>,
): void {
  if (compatibility?.forward !== "full" || manager.endsWith("-config")) return;
  const [reason] = Object.values(before).flatMap(({ definition }) =>
    breaksOf(definition, after[definition.name]?.definition, dynamic),
  );
  if (reason === undefined) return;
  throw new StepError(
    "stairway",
    `Revision ${revision} declares compatibility.forward "full", but ${reason}.`,
    { hint: 'Declare "none", or "read" where code from before can still read everything.' },
  );
}

function breaksOf(before: Table, after: Table | undefined, dynamic: ReadonlySet<string>): string[] {
  const { name } = before;
  if (after === undefined) return [`table "${name}" is gone, which code from before uses`];
  const gone = before.columns.filter((column) => !hasColumn(after, column));
  const added = after.columns.filter((column) => !hasColumn(before, column));
  const demanded = added.filter((column) => !fillsItself(column));
  return [
    ...gone.map((column) => `column "${column.name}" of "${name}" is gone, which code from before uses`),
    ...demanded.map(
      (column) =>
        `column "${column.name}" of "${name}" demands a value, which code from before does not give`,
    ),
    ...(dynamic.has(name)
      ? added.map(
          (column) =>
            `column "${column.name}" is new in "${name}", and code from before does not open such a table`,
        )
      : []),
  ];
}

function hasColumn({ columns }: Table, { name }: Column): boolean {
  return columns.some((column) => column.name === name);
}

function fillsItself({ nullable, default: value, identity, generated }: Column): boolean {
  return nullable || value !== null || identity !== null || generated !== null;
}
