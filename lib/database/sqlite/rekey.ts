/** New values for a key and all that refers to it: one mapping table, each table rebuilt once. */
import { StepError } from "../../errors.js";
import { applyChanges } from "../schema/apply.js";
import type { Target } from "../schema/draft.js";
import type { Rekey, SchemaEffect } from "../schema/editor.js";
import { RekeyMeter, keyHolders, rekeyChanges, withRenamedReferences } from "../schema/rekey.js";
import type { KeyHolder } from "../schema/rekey.js";
import type { SqlValue } from "../sql.js";
import { literal, quoteName, renderSql } from "./literals.js";
import { planAlteration, rowidName } from "./plan.js";
import { rekeyKeepsReferences } from "./rekeyed-references.js";
import type { Rekeyed } from "./rekeyed-references.js";
import type { SqliteSchemaEditor } from "./schema-editor.js";
import { surely } from "../../known.js";

const mapping = "temp._godwit_mapping";
const rowsAStatement = 500;

export async function rekeyTables(
  editor: SqliteSchemaEditor,
  tableName: string,
  column: string,
  change: Rekey,
): Promise<SchemaEffect[]> {
  const holders = await keyHolders(editor, tableName, column, change);
  await makeMapping(editor, holders, tableName, column, change);
  await change.onPause?.("rekey:mapped");
  const effects: SchemaEffect[] = [];
  const tables = holders.map((holder) => withTarget(editor, holder, holders, change));
  const references = rekeyKeepsReferences(tables) ? { references: "kept" as const } : {};
  const meter = await RekeyMeter.of(editor.session, holders, change);
  for (const rekeyed of tables) {
    effects.push({ ...(await rebuild(editor, rekeyed)), ...references });
    meter.done(rekeyed.table.name);
  }
  await change.onPause?.("rekey:built");
  await editor.session.statement(`DROP TABLE ${mapping}`);
  return effects;
}

/** The old values have the type of the key, with another affinity no index on them would be used; and its collation, by which others refer to it. */
async function makeMapping(
  editor: SqliteSchemaEditor,
  holders: readonly KeyHolder[],
  tableName: string,
  column: string,
  { values }: Rekey,
): Promise<void> {
  const { session } = editor;
  const key = holders
    .find(({ table }) => table.name === tableName)
    ?.table.columns.find(({ name }) => name === column);
  const collation = key?.collation ? ` COLLATE ${quoteName(key.collation)}` : "";
  await session.statement(
    `CREATE TABLE ${mapping} (old ${surely(key).type}${collation} PRIMARY KEY NOT NULL, new UNIQUE NOT NULL) WITHOUT ROWID`,
  );
  if (typeof values !== "function") {
    await session.statement(
      `INSERT INTO ${mapping} (old, new) SELECT "old", "new" FROM (${renderSql(values)})`,
    );
    return;
  }
  for await (const batch of values()) {
    for (let start = 0; start < batch.length; start += rowsAStatement) {
      const rows = batch.slice(start, start + rowsAStatement).map(([from, to]) => `(${pair(from, to)})`);
      await session.statement(`INSERT INTO ${mapping} (old, new) VALUES ${rows.join(", ")}`);
    }
  }
}

function pair(from: SqlValue, to: SqlValue): string {
  return `${literal(from)}, ${literal(to)}`;
}

async function requireMapped(
  { session }: SqliteSchemaEditor,
  { table }: Rekeyed,
  columns: readonly string[],
): Promise<void> {
  for (const name of columns) {
    const column = quoteName(name);
    const missing = await session.all(
      `SELECT CAST(o.${column} AS TEXT) AS value FROM ${quoteName(table.name)} AS o WHERE o.${column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${mapping} AS m WHERE m.old = o.${column}) LIMIT 5`,
    );
    if (missing.length === 0) continue;
    const shown = missing.map((row) => String(row["value"])).join(", ");
    throw new StepError(
      "unmapped-key",
      `Column "${name}" of "${table.name}" holds values that are not mapped: ${shown}.`,
    );
  }
}

function withTarget(
  editor: SqliteSchemaEditor,
  holder: KeyHolder,
  holders: readonly KeyHolder[],
  change: Rekey,
): Rekeyed {
  const { table, columns } = holder;
  const target = applyChanges(
    withRenamedReferences("sqlite", table, holders),
    rekeyChanges(holder, change),
    editor.rules,
  );
  return { table, columns: new Set(columns.map(({ name }) => name)), target };
}

async function rebuild(editor: SqliteSchemaEditor, rekeyed: Rekeyed): Promise<SchemaEffect> {
  const { table, target } = rekeyed;
  const columns = [...rekeyed.columns];
  const joins = columns.map(
    (name, index) => `LEFT JOIN ${mapping} AS m${index} ON m${index}.old = o.${quoteName(name)}`,
  );
  const rowid = rowidName(table, target.table);
  const isInOrder = rowid !== null && (await editor.rowids(table.name, rowid)) === "consecutive";
  const plan = planAlteration(table, target, ({ expression }) => renderSql(expression), {
    from: `${quoteName(table.name)} AS o ${joins.join(" ")}`,
    alias: "o",
    ...(isInOrder ? { rowid: null, order: `o.${rowid}` } : {}),
    value: (name) => {
      const source = target.sources.get(name);
      if (source?.kind !== "old") return null;
      const position = columns.indexOf(source.column);
      return position < 0 ? `o.${quoteName(source.column)}` : `m${position}.new`;
    },
  });
  // Where NULL is not allowed, the database itself refuses what has no new value.
  const nullable = columns.filter((name) => isNullable(target, name));
  await requireMapped(editor, rekeyed, nullable);
  try {
    for (const text of plan.statements) await editor.session.statement(text);
  } catch (error) {
    await requireMapped(editor, rekeyed, columns);
    throw error;
  }
  return { table: table.name, cost: plan.cost, statements: plan.statements };
}

function isNullable({ table, origins }: Target, oldName: string): boolean {
  return table.columns.find(({ name }) => origins.get(name) === oldName)?.nullable !== false;
}
