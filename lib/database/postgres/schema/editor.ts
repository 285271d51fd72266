import { InputError } from "../../../errors.js";
import { applyChanges, emptyTable } from "../../schema/apply.js";
import type { Rules } from "../../schema/apply.js";
import { recordAlteration, recordDefinition } from "../../schema/changes.js";
import type { TableChange } from "../../schema/changes.js";
import type { Conventions } from "../../schema/conventions.js";
import type {
  Rekey,
  SchemaEditor,
  SchemaEffect,
  TableAlteration,
  TableDefinition,
} from "../../schema/editor.js";
import { renamesOf } from "../../schema/renames.js";
import type { Sql } from "../../sql.js";
import type { SchemaPlanner } from "../../schema/planning.js";
import type { Table } from "../../schema/table.js";
import { findTable, inspectTable, requireTable, tableNames } from "../inspect/table.js";
import { literal, maximumNameBytes, renderSql } from "../literals.js";
import type { PostgresSession } from "../session.js";
import { isRename, planAlteration, renameStatements, speaksOfOldNames } from "./alter.js";
import { Clauses } from "./clauses.js";
import { createStatements } from "./create.js";
import { rekeyTables } from "./rekey.js";

type Change = (table: TableAlteration) => void;

/** Schema operations on PostgreSQL. */
export class PostgresSchemaEditor implements SchemaEditor {
  readonly rules: Rules;

  constructor(
    readonly session: PostgresSession,
    conventions: Conventions,
  ) {
    this.rules = {
      dialect: "postgres",
      conventions,
      render: (statement) => renderSql(statement, session.namespace),
      literal,
    };
  }

  tableNames(): Promise<string[]> {
    return tableNames(this.session);
  }

  table(name: string): Promise<Table> {
    return this.session.definition(name, () => inspectTable(this.session, name));
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

  async alter(name: string, change: Change): Promise<SchemaEffect> {
    const { effect } = this.#plan(await this.table(name), recordAlteration(change));
    await this.runAll(effect.statements);
    return effect;
  }

  async planAlter(name: string, change: Change): Promise<SchemaEffect> {
    return this.#plan(await this.table(name), recordAlteration(change)).effect;
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
    const { namespace } = this.session;
    const clauses = new Clauses(namespace);
    const create = (table: Table): SchemaEffect => {
      requireShortNames(table);
      return { table: table.name, cost: "metadata", statements: createStatements(table, namespace) };
    };
    return {
      define: (name, parts) => {
        const { table } = applyChanges(emptyTable(name), parts, this.rules);
        return { table, effect: create(table) };
      },
      create,
      drop: ({ name }) => ({
        table: name,
        cost: "metadata",
        statements: [`DROP TABLE ${clauses.relation(name)}`],
      }),
      alter: (table, changes) => this.#plan(table, changes),
      rebuild: (old, changes) => {
        const { table } = applyChanges(old, changes, this.rules);
        return { table, effect: { ...create(table), cost: "rewrite" } };
      },
      createSequence: (name, start) => ({
        table: name,
        cost: "metadata",
        statements: [
          `CREATE SEQUENCE ${clauses.relation(name)}`,
          // A sequence that began with 1 is what a new repository has.
          ...(start === 1n ? [] : [`SELECT setval(${literal(clauses.relation(name))}, ${start - 1n})`]),
        ],
      }),
      dropSequence: (name) => ({
        table: name,
        cost: "metadata",
        statements: [`DROP SEQUENCE ${clauses.relation(name)}`],
      }),
    };
  }

  /** Runs statements, each told to whoever listens. */
  async runAll(statements: readonly string[]): Promise<void> {
    for (const text of statements) await this.session.run(text);
  }

  #plan(
    old: Table,
    changes: readonly TableChange[],
  ): { readonly effect: SchemaEffect; readonly table: Table } {
    const { namespace } = this.session;
    const render = ({ expression }: { readonly expression: Sql }): string => this.rules.render(expression);
    if (speaksOfOldNames(changes)) {
      const renaming = changes.filter(isRename);
      const target = applyChanges(
        old,
        changes.filter((change) => !isRename(change)),
        this.rules,
      );
      const { table } = applyChanges(target.table, renaming, this.rules);
      requireShortNames(table);
      const plan = planAlteration(old, target, namespace, render);
      const statements = [...plan.statements, ...renameStatements(target.table, renaming, namespace)];
      return { table, effect: { table: table.name, cost: plan.cost, statements } };
    }
    const target = applyChanges(old, changes, this.rules);
    requireShortNames(target.table);
    const renaming = [
      ...renamesOf(old, target, this.rules).changes,
      ...changes.filter((change) => isRename(change) && change.kind !== "rename-column"),
    ];
    const start = applyChanges(old, renaming, this.rules).table;
    const plan = planAlteration(start, target, namespace, render);
    const statements = [...renameStatements(old, renaming, namespace), ...plan.statements];
    return { table: target.table, effect: { table: target.table.name, cost: plan.cost, statements } };
  }
}

/** The server would cut longer names without a word. */
function requireShortNames(table: Table): void {
  const keys = table.primaryKey === null ? [] : [table.primaryKey];
  const objects = [
    ...keys,
    ...table.uniques,
    ...table.foreignKeys,
    ...table.checks,
    ...table.exclusions,
    ...table.indexes,
  ];
  const names = [
    table.name,
    ...table.columns.map(({ name }) => name),
    ...objects.flatMap(({ name }) => name ?? []),
  ];
  const long = names.find((name) => Buffer.byteLength(name) > maximumNameBytes);
  if (long === undefined) return;
  throw new InputError(
    "long-name",
    `The name "${long}" in table "${table.name}" is longer than ${maximumNameBytes} bytes.`,
    {
      hint: "PostgreSQL would cut it; give a shorter one.",
    },
  );
}
