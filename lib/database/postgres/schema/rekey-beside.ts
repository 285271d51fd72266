/** The tables of a rekey, built side by side. */
import { recordAlteration } from "../../schema/changes.js";
import type { Rekey } from "../../schema/editor.js";
import { RekeyMeter } from "../../schema/rekey.js";
import type { KeyHolder } from "../../schema/rekey.js";
import type { ForeignKey } from "../../schema/table.js";
import { sql } from "../../sql.js";
import { sideBySide } from "../beside.js";
import type { Beside } from "../beside.js";
import { quoteName } from "../literals.js";
import type { PostgresSession } from "../session.js";
import { Clauses } from "./clauses.js";
import type { PostgresSchemaEditor } from "./editor.js";
import type { RebuildPlan } from "./rebuild.js";
import { makeSharedMapping, requireMapped } from "./rekey-mapping.js";
import type { Mapping } from "./rekey-mapping.js";
import { surely } from "../../../known.js";

/**
 * Whether other connections see all that the new tables are made of. They do not see what this transaction has changed itself, nor what
 * it alone can read; and they would wait for ever for tables that it keeps from them.
 */
export async function mayBuildBeside(
  session: PostgresSession,
  holders: readonly KeyHolder[],
  { alsoAlter }: Rekey,
): Promise<boolean> {
  if (session.beside === undefined || session.kind !== "transaction") return false;
  if (alsoAlter !== undefined && computesValues(holders, alsoAlter)) return false;
  const names = new Set(
    holders.flatMap(({ table }) => [table.name, ...table.foreignKeys.map((key) => key.referencedTable)]),
  );
  const [row] = await session.query(sql`SELECT count(*) AS n FROM pg_catalog.pg_locks l
    JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND n.nspname = ${session.namespace}
      AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
      AND c.relname IN (${sql.join([...names].map((name) => sql`${name}`))})`);
  return String(row?.["n"]) === "0";
}

/** Whether some column gets values from an expression, which may read what only this transaction sees. */
function computesValues(holders: readonly KeyHolder[], alsoAlter: NonNullable<Rekey["alsoAlter"]>): boolean {
  return holders.some(({ table }) =>
    recordAlteration((alteration) => alsoAlter(table.name, alteration)).some(
      (change) =>
        (change.kind === "change-column" && change.change.using !== undefined) ||
        (change.kind === "add-column" && change.options.using !== undefined),
    ),
  );
}

/** Where the mapping stands that all builders read. */
export interface SharedMapping {
  readonly mapping: Mapping;
  readonly name: string;
  /** The name, quoted and with its schema. */
  readonly relation: string;
}

/** Builds the new tables with keys, indexes and foreign keys. Writers are kept out of the old ones from the beginning, readers are not. */
export async function buildBeside(
  editor: PostgresSchemaEditor,
  plans: readonly RebuildPlan[],
  change: Rekey,
  { mapping, name, relation }: SharedMapping,
): Promise<void> {
  const { session } = editor;
  const beside = session.beside;
  if (beside === undefined) throw new Error("no connections to build with");
  await keepWritersOut(session, plans);
  beside.tables.add(name);
  await beside.transaction((builder) => makeSharedMapping(session, builder, mapping, name));
  await change.onPause?.("rekey:mapped");
  for (const { holder } of plans) await requireMapped(editor, holder, relation);
  const meter = await RekeyMeter.of(
    session,
    plans.map(({ holder }) => holder),
    change,
  );
  await sideBySide(beside.jobs, plans, async (plan) => {
    beside.tables.add(plan.temporary);
    await beside.transaction(async (builder) => {
      for (const text of plan.build) await builder.run(text);
    });
    meter.done(plan.holder.table.name);
  });
  await sideBySide(beside.jobs, plans, (plan) => addForeignKeys(beside, plan, plans));
}

async function keepWritersOut(session: PostgresSession, plans: readonly RebuildPlan[]): Promise<void> {
  const clauses = new Clauses(session.namespace);
  const names = plans.map(({ holder }) => holder.table.name).toSorted();
  await session.run(`LOCK TABLE ${names.map((name) => clauses.relation(name)).join(", ")} IN EXCLUSIVE MODE`);
}

/**
 * In two transactions: adding keeps writers off the table that is referred to, and so the other builders; validating, which takes the time,
 * does not.
 */
async function addForeignKeys(
  beside: Beside,
  { target, temporary }: RebuildPlan,
  plans: readonly RebuildPlan[],
): Promise<void> {
  if (target.foreignKeys.length === 0) return;
  const builtAs = new Map(plans.map((plan) => [plan.target.name, plan.temporary]));
  const keys = target.foreignKeys.map((key): ForeignKey => ({
    ...key,
    referencedTable: builtAs.get(key.referencedTable) ?? key.referencedTable,
  }));
  const inTable = (builder: PostgresSession, parts: readonly string[]): Promise<unknown> =>
    builder.run(`ALTER TABLE ${new Clauses(builder.namespace).relation(temporary)} ${parts.join(", ")}`);
  await beside.transaction((builder) => {
    const clauses = new Clauses(builder.namespace);
    return inTable(
      builder,
      keys.map((key) => `ADD ${clauses.foreignKey({ ...key, validated: false })}`),
    );
  });
  const open = keys.filter(({ validated, enforced }) => validated !== false && enforced !== false);
  if (open.length === 0) return;
  await beside.transaction((builder) =>
    inTable(
      builder,
      open.map(({ name }) => `VALIDATE CONSTRAINT ${quoteName(surely(name))}`),
    ),
  );
}
