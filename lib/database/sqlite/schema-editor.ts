import { InputError, RefusedError, StepError } from "../../errors.js";
import { applyChanges, emptyTable } from "../schema/apply.js";
import type { Rules } from "../schema/rules.js";
import type { Target } from "../schema/draft.js";
import { recordAlteration, recordDefinition } from "../schema/changes.js";
import type { TableChange } from "../schema/changes.js";
import { renamesOf } from "../schema/renames.js";
import type { ColumnRename } from "../schema/renames.js";
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
import { brokenDependents } from "./dependents.js";
import type { DriverRow } from "./driver.js";
import { inspectTable } from "./inspect.js";
import { literal, quoteName, renderSql } from "./literals.js";
import { sqliteExpressions } from "./parse/expressions.js";
import { isStored, nothingKnown, planAlteration, rowidName } from "./plan.js";
import type { AlterPlan, RowFacts } from "./plan.js";
import { keepsReferences } from "./references.js";
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
    this.rules = sqliteRules(conventions);
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

  async tables(names: readonly string[]): Promise<Table[]> {
    const tables: Table[] = [];
    for (const name of names) tables.push(await this.table(name));
    return tables;
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
    await this.#untouchedOnFailure(() => this.#runAll(statements));
    return { table: name, cost: "metadata", statements };
  }

  async alter(name: string, change: Change): Promise<SchemaEffect> {
    const old = await this.table(name);
    const target = applyChanges(old, recordAlteration(change), this.rules);
    return this.#untouchedOnFailure(async () => {
      const { changes, formerNames } = renamesOf(old, target, this.rules);
      const renames = renameStatements(name, changes);
      await this.#runAll(renames);
      // SQLite has rewritten triggers and other texts.
      const start = renames.length === 0 ? old : await this.table(name);
      const wanted = { ...target, table: { ...target.table, triggers: start.triggers } };
      const plan = planFor(start, wanted, { ...(await this.#facts(start, target)), formerNames });
      await this.#carryOut(plan);
      await this.#requireResult(target.table, plan);
      return {
        table: target.table.name,
        cost: plan.cost,
        statements: [...renames, ...plan.statements],
        ...(keepsReferences(old, target) ? { references: "kept" as const } : {}),
      };
    });
  }

  async planAlter(name: string, change: Change): Promise<SchemaEffect> {
    const old = await this.table(name);
    const changes = recordAlteration(change);
    const facts = await this.#facts(old, applyChanges(old, changes, this.rules));
    return planChanges(old, changes, this.rules, facts).effect;
  }

  async #facts(old: Table, target: Target): Promise<Omit<RowFacts, "formerNames">> {
    const stored = await this.#storedColumns(old, target);
    const { rebuilds } = planFor(old, target, { ...nothingKnown, stored });
    const rowid = rebuilds ? rowidName(old, target.table) : null;
    return { stored, rowids: rowid === null ? "any" : await this.rowids(old.name, rowid) };
  }

  /** Whether a copy gives the rows the same row ids. Counting reads an index's pages at most, and no row. */
  async rowids(name: string, rowid: string): Promise<RowFacts["rowids"]> {
    const table = quoteName(name);
    const [row] = await this.session.all(
      `SELECT (SELECT count(*) FROM ${table}) = (SELECT max(${rowid}) FROM ${table}) AND (SELECT min(${rowid}) FROM ${table}) = 1 AS c`,
    );
    return row?.["c"] === 1 ? "consecutive" : "any";
  }

  /** Columns with a new default that no row reads from the old one; asked of the rows only where the definition leaves it open. */
  async #storedColumns(old: Table, { table }: Target): Promise<Set<string>> {
    const stored = new Set<string>();
    for (const [position, column] of old.columns.entries()) {
      const after = table.columns.find(({ name }) => name === column.name);
      if (after === undefined || after.default === column.default || isStored(old, position)) continue;
      const rows = await this.session.all(
        `SELECT 1 FROM ${quoteName(old.name)} WHERE ${quoteName(column.name)} IS ${column.default ?? "NULL"} LIMIT 1`,
      );
      if (rows.length === 0) stored.add(column.name);
    }
    return stored;
  }

  /** A refused change leaves nothing behind, also where the caller goes on; views and triggers must work as before. */
  async #untouchedOnFailure<T>(work: () => Promise<T>): Promise<T> {
    const { session } = this;
    if (session.kind === "autocommit") return work();
    const read = (text: string): Promise<DriverRow[]> => session.all(text);
    const before = await brokenDependents(read);
    await session.run("SAVEPOINT _godwit_alter");
    try {
      const result = await work();
      for (const [what, reason] of await brokenDependents(read)) {
        if (!before.has(what)) throw brokenDependent(what, reason);
      }
      await session.run("RELEASE _godwit_alter");
      return result;
    } catch (error) {
      await session.run("ROLLBACK TO _godwit_alter");
      await session.run("RELEASE _godwit_alter");
      await session.run("PRAGMA writable_schema = RESET");
      await session.run("PRAGMA legacy_alter_table = OFF");
      throw error;
    }
  }

  rekey(table: string, column: string, change: Rekey): Promise<SchemaEffect[]> {
    return this.#untouchedOnFailure(() => rekeyTables(this, table, column, change));
  }

  /** SQLite counts keys up by itself. */
  async createSequence(name: string): Promise<SchemaEffect> {
    return { table: name, cost: "metadata", statements: [] };
  }

  async dropSequence(name: string): Promise<SchemaEffect> {
    return { table: name, cost: "metadata", statements: [] };
  }

  planner(): SchemaPlanner {
    return sqlitePlanner(this.rules);
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

/** What SQLite and a repository say about names and types. */
export function sqliteRules(conventions: Conventions): Rules {
  return { dialect: "sqlite", conventions, render: renderSql, literal, expressions: sqliteExpressions };
}

/** Plans operations without a file. */
export function sqlitePlanner(rules: Rules): SchemaPlanner {
  return {
    dialect: "sqlite",
    define: (name, parts) => {
      const { table } = applyChanges(emptyTable(name), parts, rules);
      return { table, effect: createEffect(table) };
    },
    create: createEffect,
    drop: ({ name }) => ({ table: name, cost: "metadata", statements: [`DROP TABLE ${quoteName(name)}`] }),
    alter: (table, changes) => ({ ...planChanges(table, changes, rules), remade: [] }),
    rebuild: (old, changes) => {
      const { table } = applyChanges(old, changes, rules);
      return { table, effect: { ...createEffect(table), cost: "rewrite" } };
    },
    createSequence: (name) => ({ table: name, cost: "metadata", statements: [] }),
    dropSequence: (name) => ({ table: name, cost: "metadata", statements: [] }),
  };
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
  facts: Omit<RowFacts, "formerNames"> = nothingKnown,
): { readonly effect: SchemaEffect; readonly table: Table } {
  const target = applyChanges(old, changes, rules);
  const { changes: renames, table, formerNames } = renamesOf(old, target, rules);
  const statements = renameStatements(old.name, renames);
  const plan = planFor(table, target, { ...facts, formerNames });
  const effect = {
    table: target.table.name,
    cost: plan.cost,
    statements: [...statements, ...plan.statements],
  };
  const guards = plan.scans.map(({ text, rule }) => guardText(rule, text));
  const references = foreignKeyGuards(old, target.table);
  if (guards.length + references.length === 0) return { effect, table: target.table };
  const script = [makeGuards, ...statements, ...guards, ...plan.statements, ...references];
  return { effect: { ...effect, script }, table: target.table };
}

const guards = "_godwit_rules";
const makeGuards = `CREATE TEMPORARY TABLE IF NOT EXISTS ${guards} (broken TEXT CHECK (broken IS NULL))`;

/** A statement that fails where a query finds a row. */
function guardText(rule: string, query: string): string {
  return `INSERT INTO temp.${guards} SELECT ${literal(rule)} WHERE EXISTS (${query})`;
}

function foreignKeyGuards(old: Table, { name, foreignKeys }: Table): string[] {
  const before = new Set(old.foreignKeys.map((key) => JSON.stringify(key)));
  if (foreignKeys.every((key) => before.has(JSON.stringify(key)))) return [];
  const query = `SELECT 1 FROM pragma_foreign_key_check(${literal(name)})`;
  return [guardText(`a row of "${name}" would refer to nothing`, query)];
}

function renameStatements(table: string, renames: readonly ColumnRename[]): string[] {
  return renames.map(
    ({ name, newName }) =>
      `ALTER TABLE ${quoteName(table)} RENAME COLUMN ${quoteName(name)} TO ${quoteName(newName)}`,
  );
}

function planFor(old: Table, target: Target, facts: RowFacts): AlterPlan {
  return planAlteration(old, target, ({ expression }) => renderSql(expression), facts);
}

function brokenDependent(what: string, reason: string): RefusedError {
  return new RefusedError("broken-dependent", `The change would break ${what}: ${reason}.`, {
    hint: "Drop it before the change, and create it again as it should be afterwards.",
  });
}
