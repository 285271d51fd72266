import { applyChanges, emptyTable } from "../../schema/apply.js";
import type { Rules } from "../../schema/rules.js";
import { recordAlteration, recordDefinition } from "../../schema/changes.js";
import type { Conventions } from "../../schema/conventions.js";
import type {
  Rekey,
  SchemaEditor,
  SchemaEffect,
  TableAlteration,
  TableDefinition,
} from "../../schema/editor.js";
import type { PlannedAlteration, SchemaPlanner, TableUse } from "../../schema/planning.js";
import type { Table } from "../../schema/table.js";
import { findTable, inspectTable, inspectTables, requireTable, tableNames } from "../inspect/table.js";
import type { PostgresSession } from "../session.js";
import { requireFree } from "./dependents.js";
import { referringKeys } from "./referring-keys.js";
import { requireTransactional, runEach, withinTransaction } from "./live.js";
import { postgresPlanner, postgresRules } from "./planner.js";
import { rekeyTables } from "./rekey.js";

type Change = (table: TableAlteration) => void;

/** Schema operations on PostgreSQL. */
export class PostgresSchemaEditor implements SchemaEditor {
  readonly rules: Rules;

  constructor(
    readonly session: PostgresSession,
    conventions: Conventions,
  ) {
    this.rules = postgresRules(session.namespace, conventions);
  }

  tableNames(): Promise<string[]> {
    return tableNames(this.session);
  }

  table(name: string): Promise<Table> {
    return this.session.definition(name, () => inspectTable(this.session, name));
  }

  tables(names: readonly string[]): Promise<Table[]> {
    return this.session.definitions(names, (missing) => inspectTables(this.session, missing));
  }

  async hasTable(name: string): Promise<boolean> {
    return (await findTable(this.session, name)) !== null;
  }

  create(name: string, define: (table: TableDefinition) => void): Promise<SchemaEffect> {
    return this.createFrom(applyChanges(emptyTable(name), recordDefinition(define), this.rules).table);
  }

  async createFrom(table: Table): Promise<SchemaEffect> {
    const effect = this.planner().create(table);
    await this.runAll(effect.statements);
    return effect;
  }

  async drop(name: string): Promise<SchemaEffect> {
    await requireTable(this.session, name);
    const effect = this.planner().drop(emptyTable(name));
    await this.runAll(effect.statements);
    return effect;
  }

  requireFree(table: string, use: TableUse): Promise<void> {
    return requireFree(this.session, table, use);
  }

  async alter(name: string, change: Change): Promise<SchemaEffect> {
    const effect = await this.planAlter(name, change);
    await this.#carryOut(name, effect.statements);
    return effect;
  }

  async #carryOut(table: string, statements: readonly string[]): Promise<void> {
    if (this.session.kind === "autocommit") return runEach(this.session, statements);
    // What is written down for a script runs in the transaction of that script.
    if (this.session.onChange !== undefined) return this.runAll(statements.map(withinTransaction));
    return this.runAll(requireTransactional(table, statements));
  }

  async planAlter(name: string, change: Change): Promise<SchemaEffect> {
    const old = await this.table(name);
    const planned = this.planner().alter(old, recordAlteration(change));
    await this.requireFree(name, { kind: "columns", columns: planned.remade });
    return this.withReferring(name, planned);
  }

  /** Foreign keys of other tables step aside while the key is replaced on which they stand. */
  async withReferring(name: string, planned: PlannedAlteration): Promise<SchemaEffect> {
    const { effect } = planned;
    const { tables, before, after } = await referringKeys(this, name, planned);
    if (tables.length === 0) return effect;
    return { ...effect, statements: [...before, ...effect.statements, ...after], scanned: tables };
  }

  rekey(table: string, column: string, change: Rekey): Promise<SchemaEffect[]> {
    return rekeyTables(this, table, column, change);
  }

  async createSequence(name: string, start: bigint): Promise<SchemaEffect> {
    const effect = this.planner().createSequence(name, start);
    await this.runAll(effect.statements);
    return effect;
  }

  async dropSequence(name: string): Promise<SchemaEffect> {
    const effect = this.planner().dropSequence(name);
    await this.runAll(effect.statements);
    return effect;
  }

  planner(): SchemaPlanner {
    return postgresPlanner(this.session.namespace, this.rules);
  }

  /** Runs statements, each told to whoever listens. */
  async runAll(statements: readonly string[]): Promise<void> {
    for (const text of statements) await this.session.run(text);
  }
}
