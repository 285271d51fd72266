/** New values for a key and all that refers to it: one mapping table, each table written once, as a set. */
import { StepError } from "../../../errors.js";
import { applyChanges } from "../../schema/apply.js";
import type { Rekey, SchemaEffect } from "../../schema/editor.js";
import {
  RekeyMeter,
  keyHolders,
  rekeyChanges,
  renamedReference,
  withRenamedReferences,
} from "../../schema/rekey.js";
import type { KeyHolder } from "../../schema/rekey.js";
import type { ForeignKey, Table } from "../../schema/table.js";
import { quoteName } from "../literals.js";
import { PostgresDataEditor } from "../data.js";
import { Clauses } from "./clauses.js";
import { createStatements, surroundings } from "./create.js";
import type { PostgresSchemaEditor } from "./editor.js";

const mapping = "pg_temp._godwit_mapping";

export async function rekeyTables(
  editor: PostgresSchemaEditor,
  tableName: string,
  column: string,
  change: Rekey,
): Promise<SchemaEffect[]> {
  const holders = await keyHolders(editor, tableName, column, change);
  const names = new Set(holders.map(({ table }) => table.name));
  await makeMapping(editor, holders, tableName, column, change);
  const plans = holders.map((holder) => rebuildPlan(editor, holder, tableName, column, change));
  const detached = await detachForeignKeys(editor, names);
  const effects: SchemaEffect[] = [];
  const meter = await RekeyMeter.of(editor.session, holders, change);
  for (const plan of plans) {
    await requireMapped(editor, plan.holder);
    await editor.runAll(plan.statements);
    effects.push({ table: plan.target.name, cost: "rewrite", statements: plan.statements });
    meter.done(plan.holder.table.name);
  }
  const own = plans.flatMap(({ target }) => target.foreignKeys.map((key) => ({ table: target.name, key })));
  await editor.runAll(
    foreignKeyStatements(editor, [...own, ...followRename(detached, tableName, column, change)]),
  );
  await editor.session.run(`DROP TABLE ${mapping}`);
  return effects;
}

async function makeMapping(
  editor: PostgresSchemaEditor,
  holders: readonly KeyHolder[],
  tableName: string,
  column: string,
  { type, values }: Rekey,
): Promise<void> {
  const { session, rules } = editor;
  const key = holders
    .find(({ table }) => table.name === tableName)
    ?.table.columns.find(({ name }) => name === column);
  const newType = rules.conventions.columnType("postgres", type);
  await session.run(
    `CREATE TEMPORARY TABLE _godwit_mapping (old ${key?.type ?? "bigint"} NOT NULL, new ${newType} NOT NULL)`,
  );
  if (typeof values === "function") {
    await new PostgresDataEditor(session).copyInto(mapping, ["old", "new"], values());
  } else {
    await session.run(
      `INSERT INTO ${mapping} (old, new) SELECT "old", "new" FROM (${rules.render(values)}) AS pairs`,
    );
  }
  await session.run(`ALTER TABLE ${mapping} ADD PRIMARY KEY (old), ADD UNIQUE (new)`);
  await session.run(`ANALYZE ${mapping}`);
}

async function requireMapped(
  { session }: PostgresSchemaEditor,
  { table, columns }: KeyHolder,
): Promise<void> {
  const relation = new Clauses(session.namespace).relation(table.name);
  for (const { name } of columns) {
    const column = quoteName(name);
    const [answer] = await session.send(
      `SELECT o.${column}::text AS value FROM ${relation} AS o WHERE o.${column} IS NOT NULL AND NOT EXISTS (SELECT FROM ${mapping} AS m WHERE m.old = o.${column}) LIMIT 5`,
    );
    const missing = answer?.rows.map(([value]) => String(value)) ?? [];
    if (missing.length > 0) {
      throw new StepError(
        "unmapped-key",
        `Column "${name}" of "${table.name}" holds values that are not mapped: ${missing.join(", ")}.`,
      );
    }
  }
}

interface RebuildPlan {
  readonly holder: KeyHolder;
  readonly target: Table;
  readonly statements: readonly string[];
}

/** The new table is filled bare; keys, indexes and all else come when the rows are there, and foreign keys when all tables are. */
function rebuildPlan(
  editor: PostgresSchemaEditor,
  holder: KeyHolder,
  tableName: string,
  keyColumn: string,
  change: Rekey,
): RebuildPlan {
  const { table, columns } = holder;
  const { namespace } = editor.session;
  const clauses = new Clauses(namespace);
  const { table: target, sources } = applyChanges(
    withRenamedReferences("postgres", table, tableName, keyColumn, change),
    rekeyChanges(holder, change),
    editor.rules,
  );
  const temporary = `_godwit_new_${table.name}`.slice(0, 60);
  const bare: Table = {
    ...target,
    name: temporary,
    columns: target.columns.map(({ notNullName: _name, ...column }) => ({
      ...column,
      nullable: true,
      identity: null,
    })),
    primaryKey: null,
    uniques: [],
    foreignKeys: [],
    checks: [],
    exclusions: [],
    indexes: [],
    triggers: [],
    comment: null,
    attachments: [],
  };
  const values = target.columns.map(({ name, default: fallback }) => {
    const source = sources.get(name);
    if (source === undefined || source.kind === "default") return fallback ?? "NULL";
    if (source.kind === "expression") return editor.rules.render(source.expression);
    const position = columns.findIndex((one) => one.name === source.column);
    return position < 0 ? `o.${quoteName(source.column)}` : `m${position}.new`;
  });
  const joins = columns.map(
    ({ name }, index) => `LEFT JOIN ${mapping} AS m${index} ON m${index}.old = o.${quoteName(name)}`,
  );
  const required = target.columns
    .filter(({ nullable }) => !nullable)
    .map(({ name }) => `ALTER COLUMN ${quoteName(name)} SET NOT NULL`);
  const keys = [
    ...(target.primaryKey === null ? [] : [clauses.primaryKey(target.primaryKey)]),
    ...target.uniques.map((key) => clauses.unique(key)),
    ...target.checks.map((check) => clauses.check(check)),
    ...target.exclusions.map((exclusion) => clauses.exclusion(exclusion)),
  ].map((clause) => `ADD ${clause}`);
  const finishing = [...required, ...keys];
  return {
    holder,
    target,
    statements: [
      ...createStatements(bare, namespace),
      `INSERT INTO ${clauses.relation(temporary)} (${target.columns.map(({ name }) => quoteName(name)).join(", ")}) SELECT ${values.join(", ")} FROM ${clauses.relation(table.name)} AS o ${joins.join(" ")}`,
      `DROP TABLE ${clauses.relation(table.name)}`,
      `ALTER TABLE ${clauses.relation(temporary)} RENAME TO ${quoteName(target.name)}`,
      ...(finishing.length === 0
        ? []
        : [`ALTER TABLE ${clauses.relation(target.name)} ${finishing.join(", ")}`]),
      ...target.indexes.map((index) => clauses.index(target.name, index)),
      ...surroundings(target, namespace),
    ],
  };
}

interface Detached {
  readonly table: string;
  readonly key: ForeignKey;
}

/** Foreign keys from other tables to those that are written anew; the ones between these go with the tables. */
async function detachForeignKeys(
  editor: PostgresSchemaEditor,
  names: ReadonlySet<string>,
): Promise<Detached[]> {
  const clauses = new Clauses(editor.session.namespace);
  const detached: Detached[] = [];
  for (const { name, foreignKeys } of await editor.tables(await editor.tableNames())) {
    for (const key of foreignKeys) {
      if (!names.has(key.referencedTable)) continue;
      await editor.session.run(
        `ALTER TABLE ${clauses.relation(name)} DROP CONSTRAINT ${quoteName(key.name ?? "")}`,
      );
      if (!names.has(name)) detached.push({ table: name, key });
    }
  }
  return detached;
}

function foreignKeyStatements({ session }: PostgresSchemaEditor, keys: readonly Detached[]): string[] {
  const clauses = new Clauses(session.namespace);
  return keys.map(
    ({ table, key }) => `ALTER TABLE ${clauses.relation(table)} ADD ${clauses.foreignKey(key)}`,
  );
}

function followRename(
  keys: readonly Detached[],
  tableName: string,
  column: string,
  change: Rekey,
): Detached[] {
  return keys.map(({ table, key }) => ({
    table,
    key: renamedReference("postgres", key, tableName, column, change),
  }));
}
