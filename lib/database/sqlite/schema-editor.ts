import { InputError, StepError } from "../../errors.js";
import { applyChanges, emptyTable } from "../schema/apply.js";
import type { Rules, Target } from "../schema/apply.js";
import { recordAlteration, recordDefinition } from "../schema/changes.js";
import type { TableChange } from "../schema/changes.js";
import type { Conventions } from "../schema/conventions.js";
import type {
  Rekey,
  SchemaEditor,
  SchemaEffect,
  TableAlteration,
  TableDefinition,
} from "../schema/editor.js";
import type { SchemaPlanner } from "../schema/planning.js";
import type { Table } from "../schema/table.js";
import { inspectTable } from "./inspect.js";
import { literal, quoteName, renderSql } from "./literals.js";
import { planAlteration } from "./plan.js";
import type { AlterPlan } from "./plan.js";
import { rekeyTables } from "./rekey.js";
import type { SqliteSession } from "./session.js";
import { createIndexText, createTableText } from "./statements.js";

type Change = (table: TableAlteration) => void;

/** Schema operations on a SQLite file. */
export class SqliteSchemaEditor implements SchemaEditor {
  readonly rules: Rules;

  constructor(
    readonly session: SqliteSession,
    conventions: Conventions,
  ) {
    this.rules = { dialect: "sqlite", conventions, render: renderSql, literal };
  }

  async tableNames(): Promise<string[]> {
    const rows = await this.session.all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    );
    return rows.map((row) => String(row["name"]));
  }

  table(name: string): Promise<Table> {
    return inspectTable((text) => this.session.all(text), name);
  }

  async hasTable(name: string): Promise<boolean> {
    const rows = await this.session.all(
      `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ${literal(name)} COLLATE NOCASE`,
    );
    return rows.length > 0;
  }

  create(name: string, define: (table: TableDefinition) => void): Promise<SchemaEffect> {
    return this.createFrom(applyChanges(emptyTable(name), recordDefinition(define), this.rules).table);
  }

  async createFrom(table: Table): Promise<SchemaEffect> {
    const statements = createStatements(table);
    await this.#runAll(statements);
    return { table: table.name, cost: "metadata", statements };
  }

  async drop(name: string): Promise<SchemaEffect> {
    if (!(await this.hasTable(name))) throw new InputError("unknown-table", `There is no table "${name}".`);
    const statements = [`DROP TABLE ${quoteName(name)}`];
    await this.#runAll(statements);
    return { table: name, cost: "metadata", statements };
  }

  async alter(name: string, change: Change): Promise<SchemaEffect> {
    const changes = recordAlteration(change);
    const renames = nativeRenames(name, changes);
    await this.#runAll(renames);
    const old = await this.table(name);
    const rest = renames.length === 0 ? changes : changes.filter(({ kind }) => kind !== "rename-column");
    const target = applyChanges(old, rest, this.rules);
    const plan = planFor(old, target);
    await this.#carryOut(plan);
    await this.#requireResult(target.table, plan);
    return { table: target.table.name, cost: plan.cost, statements: [...renames, ...plan.statements] };
  }

  async planAlter(name: string, change: Change): Promise<SchemaEffect> {
    const old = await this.table(name);
    return planChanges(old, recordAlteration(change), this.rules).effect;
  }

  rekey(table: string, column: string, change: Rekey): Promise<SchemaEffect[]> {
    return rekeyTables(this, table, column, change);
  }

  /** SQLite counts keys up by itself. */
  async createSequence(name: string): Promise<SchemaEffect> {
    return { table: name, cost: "metadata", statements: [] };
  }

  async dropSequence(name: string): Promise<SchemaEffect> {
    return { table: name, cost: "metadata", statements: [] };
  }

  planner(): SchemaPlanner {
    const { rules } = this;
    return {
      define: (name, parts) => {
        const { table } = applyChanges(emptyTable(name), parts, rules);
        return { table, effect: createEffect(table) };
      },
      create: createEffect,
      drop: ({ name }) => ({ table: name, cost: "metadata", statements: [`DROP TABLE ${quoteName(name)}`] }),
      alter: (table, changes) => planChanges(table, changes, rules),
      createSequence: (name) => ({ table: name, cost: "metadata", statements: [] }),
      dropSequence: (name) => ({ table: name, cost: "metadata", statements: [] }),
    };
  }

  /** Runs a plan; a new rule that does not hold is refused before anything is changed. */
  async #carryOut(plan: AlterPlan): Promise<void> {
    for (const { text, rule } of plan.scans) {
      if ((await this.session.all(text)).length > 0) {
        throw new StepError("constraint-violated", `The change was refused: ${rule}.`, {
          hint: "Mend these rows first.",
        });
      }
    }
    await this.#runAll(plan.statements);
  }

  /** What stands in the file afterwards is read again: an edit of the stored text must have come out as planned. */
  async #requireResult(expected: Table, plan: AlterPlan): Promise<void> {
    if (plan.statements.length === 0) return;
    const found = await this.table(expected.name);
    if (createTableText(found) === createTableText(expected)) return;
    throw new StepError("alter-failed", `Table "${expected.name}" did not come out as planned.`, {
      hint: "The step was rolled back. Please report this.",
    });
  }

  async #runAll(statements: readonly string[]): Promise<void> {
    for (const text of statements) await this.session.statement(text);
  }
}

function createEffect(table: Table): SchemaEffect {
  return { table: table.name, cost: "metadata", statements: createStatements(table) };
}

/** The statements that make a table and its indexes and triggers. */
export function createStatements(table: Table): string[] {
  return [
    createTableText(table),
    ...table.indexes.map((index) => createIndexText(table.name, index)),
    ...table.triggers.map((trigger) => trigger.definition),
  ];
}

/** The plan of changes on a definition, and the definition that they lead to. */
export function planChanges(
  old: Table,
  changes: readonly TableChange[],
  rules: Rules,
): { readonly effect: SchemaEffect; readonly table: Table } {
  const renames = nativeRenames(old.name, changes);
  const renamed = changes.filter(({ kind }) => kind === "rename-column");
  const start = renames.length === 0 ? old : applyChanges(old, renamed, rules).table;
  const rest = renames.length === 0 ? changes : changes.filter(({ kind }) => kind !== "rename-column");
  const target = applyChanges(start, rest, rules);
  const plan = planFor(start, target);
  return {
    effect: { table: target.table.name, cost: plan.cost, statements: [...renames, ...plan.statements] },
    table: target.table,
  };
}

function planFor(old: Table, target: Target): AlterPlan {
  return planAlteration(old, target, ({ expression }) => renderSql(expression));
}

/** SQLite renames a column also in triggers and views. With new values over the old names it has to be done by the rebuild. */
function nativeRenames(table: string, changes: readonly TableChange[]): string[] {
  const computes = changes.some(
    (change) =>
      (change.kind === "add-column" && change.options.using !== undefined) ||
      (change.kind === "change-column" && change.change.using !== undefined),
  );
  if (computes) return [];
  return changes.flatMap((change) =>
    change.kind === "rename-column"
      ? [
          `ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(change.name)} TO ${quoteName(change.newName)}`,
        ]
      : [],
  );
}
