/** Changes of a SQLite table against hand-written copies of it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Session } from "../../../lib/database/database.js";
import { openDatabase } from "../../../lib/database/open.js";
import type { Conventions } from "../../../lib/database/schema/conventions.js";
import type { TableAlteration } from "../../../lib/database/schema/editor.js";
import { plainConventions } from "../../../lib/database/schema/plain-conventions.js";
import { type } from "../../../lib/database/schema/types.js";
import { sql } from "../../../lib/database/sql.js";

/** Strings with a length check each, which is what makes widening one more than a change of a word. */
const conventions: Conventions = {
  ...plainConventions,
  objectName: (dialect, name) =>
    name.kind === "length-check"
      ? `${name.table}_len_${name.columns.join("_")}`
      : plainConventions.objectName(dialect, name),
  columnCheck: (_, table, column, of) =>
    of.kind === "string"
      ? {
          name: `${table}_len_${column}`,
          expression: `length("${column}")<=${of.length} AND length("${column}")>=1`,
        }
      : null,
};

const columns = `id BIGINT NOT NULL, name VARCHAR(16) NOT NULL, run VARCHAR(32), taken TIMESTAMP, size BIGINT NOT NULL,
  PRIMARY KEY (id), CONSTRAINT t_len_name CHECK (length("name")<=16 AND length("name")>=1)`;
const fill = (
  rows: bigint,
): string => `INSERT INTO t SELECT value, 'name ' || value, 'run ' || value % 100, datetime(value, 'unixepoch'), value * 7
  FROM generate_series(1, ${rows})`;

const copy = [
  `CREATE TABLE copied (${columns.replaceAll("t_len", "c_len")})`,
  "INSERT INTO copied SELECT * FROM t",
  "DROP TABLE t",
  "ALTER TABLE copied RENAME TO t",
];

const copyOfFive = [
  `CREATE TABLE copied (id BIGINT NOT NULL, name VARCHAR(64) NOT NULL, size BIGINT NOT NULL, started BIGINT,
    flag BIGINT NOT NULL DEFAULT 1, PRIMARY KEY (id), CONSTRAINT c_len_name CHECK (length("name")<=64 AND length("name")>=1))`,
  "INSERT INTO copied SELECT id, name, size, CAST(strftime('%s', taken) AS INTEGER), 1 FROM t",
  "DROP TABLE t",
  "ALTER TABLE copied RENAME TO t",
  "CREATE INDEX t_size ON t (size)",
];

function fiveChanges(t: TableAlteration): void {
  t.changeColumn("taken", { type: type.bigint(), using: sql`CAST(strftime('%s', taken) AS INTEGER)` });
  t.renameColumn("taken", "started");
  t.dropColumn("run");
  t.changeColumn("name", { type: type.string(64) });
  t.addColumn("flag", type.bigint(), { default: 1n });
  t.addIndex(["size"], { name: "t_size" });
}

async function runAll(session: Session, statements: readonly string[]): Promise<void> {
  for (const text of statements) await session.execute(sql.raw(text));
}

/** Milliseconds of one transaction on a fresh table, the commit included. */
async function time(
  folder: string,
  rows: bigint,
  work: (session: Session) => Promise<unknown>,
): Promise<number> {
  const file = path.join(folder, "bench.sqlite3");
  await writeFile(file, "");
  const database = await openDatabase({ dialect: "sqlite", path: file });
  try {
    await database.transaction({ mode: "write" }, (session) =>
      runAll(session, [`CREATE TABLE t (${columns})`, fillText(rows)]),
    );
    const start = performance.now();
    await database.transaction({ mode: "write" }, work);
    return performance.now() - start;
  } finally {
    await database.close();
    await rm(file);
  }
}

/** The driver's library has no series of its own. */
function fillText(rows: bigint): string {
  const series = `WITH RECURSIVE series(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM series WHERE value < ${rows})`;
  return fill(rows)
    .replace("INSERT INTO t SELECT", `INSERT INTO t ${series} SELECT`)
    .replace(/generate_series\(.*\)/, "series");
}

/** Times the changes of a table with so many rows. */
export async function benchSqlite(rows: bigint): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "godwit-bench-"));
  try {
    const best = { copy: Infinity, widen: Infinity, handFive: Infinity, five: Infinity };
    const editor = (session: Session) => session.schema(conventions);
    for (let round = 0; round < 3; round += 1) {
      best.copy = Math.min(best.copy, await time(folder, rows, (session) => runAll(session, copy)));
      best.widen = Math.min(
        best.widen,
        await time(folder, rows, (session) =>
          editor(session).alter("t", (t) => t.changeColumn("name", { type: type.string(64) })),
        ),
      );
      best.handFive = Math.min(
        best.handFive,
        await time(folder, rows, (session) => runAll(session, copyOfFive)),
      );
      best.five = Math.min(
        best.five,
        await time(folder, rows, (session) => editor(session).alter("t", fiveChanges)),
      );
    }
    console.log("SQLite; best of 3, milliseconds");
    console.log(`one copy                 ${best.copy.toFixed(0)}`);
    console.log(
      `widen a string           ${best.widen.toFixed(1)}  (${(best.widen / best.copy).toFixed(4)} of a copy; at most 0.05)`,
    );
    console.log(`five changes, by hand    ${best.handFive.toFixed(0)}`);
    console.log(
      `five changes             ${best.five.toFixed(0)}  (${(best.five / best.handFive).toFixed(3)} of by hand; at most 1.15)`,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
