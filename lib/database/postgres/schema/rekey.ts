/** New values for a key and all that refers to it: one mapping table, each table written once, as a set. */
import type { Rekey, SchemaEffect } from "../../schema/editor.js";
import { RekeyMeter, keyHolders } from "../../schema/rekey.js";
import type { KeyHolder } from "../../schema/rekey.js";
import type { ForeignKey } from "../../schema/table.js";
import { besideName } from "../beside.js";
import { literal, quoteName } from "../literals.js";
import { Clauses } from "./clauses.js";
import type { PostgresSchemaEditor } from "./editor.js";
import { rebuildPlan } from "./rebuild.js";
import type { RebuildPlan } from "./rebuild.js";
import { buildBeside, mayBuildBeside } from "./rekey-beside.js";
import { makeOwnMapping, mappingOf, requireMapped } from "./rekey-mapping.js";
import type { Mapping } from "./rekey-mapping.js";
import { readCounters } from "./sequences.js";
import { surely } from "../../../known.js";

const mappingName = "_godwit_mapping";

export async function rekeyTables(
  editor: PostgresSchemaEditor,
  tableName: string,
  column: string,
  change: Rekey,
): Promise<SchemaEffect[]> {
  const holders = await keyHolders(editor, tableName, column, change);
  const names = new Set(holders.map(({ table }) => table.name));
  for (const name of names) await editor.requireFree(name, { kind: "whole" });
  const mapping = mappingOf(editor, holders, tableName, column, change);
  const request: Request = { editor, holders, change, names, mapping };
  return (await mayBuildBeside(editor.session, holders, change)) ? rekeyBeside(request) : rekeyAlone(request);
}

interface Request {
  readonly editor: PostgresSchemaEditor;
  readonly holders: readonly KeyHolder[];
  readonly change: Rekey;
  readonly names: ReadonlySet<string>;
  readonly mapping: Mapping;
}

/** All on one connection, one table after the other. */
async function rekeyAlone({ editor, holders, change, names, mapping }: Request): Promise<SchemaEffect[]> {
  const { session } = editor;
  const relation = `pg_temp.${mappingName}`;
  await makeOwnMapping(session, mapping, mappingName);
  await change.onPause?.("rekey:mapped");
  const plans = await plansOf(editor, holders, change, relation);
  const detached = await detachForeignKeys(editor, names);
  const meter = await RekeyMeter.of(session, holders, change);
  for (const plan of plans) {
    await requireMapped(editor, plan.holder, relation);
    await editor.runAll([...plan.build, ...plan.swap]);
    meter.done(plan.holder.table.name);
  }
  await change.onPause?.("rekey:built");
  const own = plans.flatMap(({ target }) => target.foreignKeys.map((key) => ({ table: target.name, key })));
  await editor.runAll(foreignKeyStatements(editor, [...own, ...detached]));
  await session.run(`DROP TABLE ${relation}`);
  return plans.map(effectOf);
}

/** The new tables are built on several connections while others may read the old ones; then they are put in their place at once. */
async function rekeyBeside({ editor, holders, change, names, mapping }: Request): Promise<SchemaEffect[]> {
  const { session } = editor;
  const name = besideName(0);
  const relation = new Clauses(session.namespace).relation(name);
  const plans = await plansOf(editor, holders, change, relation);
  await buildBeside(editor, plans, change, { mapping, name, relation });
  await change.onPause?.("rekey:built");
  const detached = await detachForeignKeys(editor, names);
  for (const plan of plans) await editor.runAll(plan.swap);
  const comments = plans.flatMap(({ target }) =>
    target.foreignKeys.flatMap((key) => commentOf(editor, { table: target.name, key })),
  );
  await editor.runAll([...comments, ...foreignKeyStatements(editor, detached)]);
  await session.run(`DROP TABLE ${relation}`);
  return plans.map(effectOf);
}

async function plansOf(
  editor: PostgresSchemaEditor,
  holders: readonly KeyHolder[],
  change: Rekey,
  mapping: string,
): Promise<RebuildPlan[]> {
  const plans: RebuildPlan[] = [];
  for (const [index, holder] of holders.entries()) {
    const counters = await readCounters(editor.session, holder.table);
    plans.push(rebuildPlan(editor, holder, holders, change, { mapping, position: index + 1, counters }));
  }
  return plans;
}

function effectOf({ target, build, swap }: RebuildPlan): SchemaEffect {
  return { table: target.name, cost: "rewrite", statements: [...build, ...swap] };
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
        `ALTER TABLE ${clauses.relation(name)} DROP CONSTRAINT ${quoteName(surely(key.name))}`,
      );
      if (!names.has(name)) detached.push({ table: name, key });
    }
  }
  return detached;
}

function foreignKeyStatements(editor: PostgresSchemaEditor, keys: readonly Detached[]): string[] {
  const clauses = new Clauses(editor.session.namespace);
  return keys.flatMap((one) => [
    `ALTER TABLE ${clauses.relation(one.table)} ADD ${clauses.foreignKey(one.key)}`,
    ...commentOf(editor, one),
  ]);
}

function commentOf({ session }: PostgresSchemaEditor, { table, key }: Detached): string[] {
  if (key.comment === undefined) return [];
  const relation = new Clauses(session.namespace).relation(table);
  return [
    `COMMENT ON CONSTRAINT ${quoteName(surely(key.name))} ON ${relation} IS ${literal(key.comment).trim()}`,
  ];
}
