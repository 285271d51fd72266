/** What a table becomes by a list of changes: pure, and the same for both databases. */
import { InputError } from "../../errors.js";
import { addColumn, changeColumn, columnParts, dropColumn, renameColumn } from "./apply-columns.js";
import {
  addCheck,
  addExclusion,
  addForeignKey,
  addUnique,
  dropConstraint,
  dropPrimaryKey,
  renameConstraint,
  setPrimaryKey,
} from "./apply-constraints.js";
import { addForeignKeyIndex, addIndex, dropIndex, renameIndex } from "./apply-indexes.js";
import type { TableChange } from "./changes.js";
import { Draft } from "./draft.js";
import type { Target } from "./draft.js";
import type { Rules } from "./rules.js";
import type { Table } from "./table.js";

/** An empty table, to which a definition is applied. */
export function emptyTable(name: string): Table {
  return {
    name,
    columns: [],
    primaryKey: null,
    uniques: [],
    foreignKeys: [],
    checks: [],
    exclusions: [],
    indexes: [],
    triggers: [],
    comment: null,
    options: {},
  };
}

/**
 * Applies changes in order.
 * @throws InputError `unknown-column`, `unknown-constraint`, `unknown-index`, `duplicate-column`, `bad-alteration`
 */
export function applyChanges(table: Table, changes: readonly TableChange[], rules: Rules): Target {
  const draft = new Draft(table, rules);
  for (const change of changes) apply(draft, change);
  for (const key of draft.indexed) addForeignKeyIndex(draft, key);
  requireSources(table, draft);
  return { table: draft.table, sources: draft.sources, origins: draft.origins, live: draft.live };
}

/** Where a column in double quotes is gone, SQLite would take it for a string and generate others from that. */
function requireSources(old: Table, draft: Draft): void {
  const gone = old.columns.filter(({ name }) => draft.find(name) === undefined);
  for (const { name, generated } of draft.table.columns) {
    const source = gone.find((one) => draft.mentions(generated?.expression ?? null, one.name));
    if (source === undefined) continue;
    throw new InputError(
      "bad-alteration",
      `Column "${source.name}" of "${old.name}" cannot go, as "${name}" is generated from it.`,
      { hint: `Drop "${name}" as well.` },
    );
  }
}

function apply(draft: Draft, change: TableChange): void {
  switch (change.kind) {
    case "add-column":
      for (const name of columnParts(draft.rules.dialect, change.name, change.type))
        addColumn(draft, name, change);
      return;
    case "change-column":
      changeColumn(draft, change);
      return;
    case "drop-column":
      dropColumn(draft, change.name);
      return;
    case "rename-column":
      renameColumn(draft, change.name, change.newName);
      return;
    case "set-primary-key":
      setPrimaryKey(draft, change.columns, change.options.name);
      return;
    case "drop-primary-key":
      dropPrimaryKey(draft);
      return;
    case "add-unique":
      addUnique(draft, change.columns, change.options.name);
      return;
    case "add-foreign-key":
      addForeignKey(draft, change);
      return;
    case "add-check":
      addCheck(draft, change);
      return;
    case "add-exclusion":
      addExclusion(draft, change);
      return;
    case "drop-constraint":
      dropConstraint(draft, change.which);
      return;
    case "add-index":
      addIndex(draft, change);
      return;
    case "drop-index":
      dropIndex(draft, change.which);
      return;
    case "rename-constraint":
      renameConstraint(draft, change.name, change.newName);
      return;
    case "rename-index":
      renameIndex(draft, change.name, change.newName);
      return;
    case "rename-table":
      renameTable(draft, change.newName);
      return;
    case "comment":
      draft.table = { ...draft.table, comment: change.text };
      return;
  }
}

/** Foreign keys of the table to itself follow its name. */
function renameTable(draft: Draft, newName: string): void {
  const foreignKeys = draft.table.foreignKeys.map((key) =>
    draft.isOwn(key) ? { ...key, referencedTable: newName } : key,
  );
  draft.table = { ...draft.table, name: newName, foreignKeys };
}
