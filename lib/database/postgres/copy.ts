/**
 * Copies the tables of a schema into another schema, database or server by streams of `COPY`, without any other program: one
 * snapshot of the original is read, and the copy is one transaction, so that it is there as a whole or not at all.
 */
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { InputError, RefusedError } from "../../errors.js";
import { placeIsTaken, requireEqualDigests } from "../copy.js";
import type { DatabaseCopyOptions, TableDigest } from "../copy.js";
import type { Database, Session } from "../database.js";
import type { DatabaseAddress } from "../open.js";
import type { Column, Table } from "../schema/table.js";
import { sql } from "../sql.js";
import { inspectTables, tableNames } from "./inspect/table.js";
import { literal, quoteName } from "./literals.js";
import { Clauses, isPlain } from "./schema/clauses.js";
import { openPostgres } from "./open.js";
import { createStatements, surroundings } from "./schema/create.js";
import { PostgresSession } from "./session.js";

/** Attachments that a copy leaves out: it belongs to who makes it, and is not replicated. */
const notCopied: ReadonlySet<string> = new Set(["owner", "publication"]);

/** Where statements and rows of a copy go. */
export interface Sink {
  /** The schema of the copy. */
  readonly namespace: string;
  run(statement: string): Promise<void>;
  /** Takes the rows of a table, in the text form of `COPY`. */
  rows(table: string, columns: string, lines: Readable): Promise<void>;
}

/** Copies everything in the schema of `source` into the empty schema of `target`. */
export function copyPostgres(
  source: Database,
  target: Database,
  options: DatabaseCopyOptions,
): Promise<TableDigest[]> {
  return source.transaction({ mode: "read" }, (reading) =>
    target.transaction({ mode: "write" }, async (writing) => {
      const [from, to] = [postgresSession(reading), postgresSession(writing)];
      await requireEmpty(to);
      const tables = await copySchema(from, sessionSink(to), options);
      return compare(tables, from, to, options);
    }),
  );
}

function sessionSink(session: PostgresSession): Sink {
  return {
    namespace: session.namespace,
    run: async (statement) => void (await session.run(statement)),
    rows: (table, columns, lines) =>
      pipeline(lines, session.client.query(copyFrom(`COPY ${table} (${columns}) FROM STDIN`))),
  };
}

async function compare(
  tables: readonly Table[],
  from: PostgresSession,
  to: PostgresSession,
  options: DatabaseCopyOptions,
): Promise<TableDigest[]> {
  const [original, copy]: [TableDigest[], TableDigest[]] = [[], []];
  for (const { name } of tables) {
    original.push(await digestOf(from, name));
    copy.push(await digestOf(to, name));
    options.onTable?.("compared", name);
  }
  requireEqualDigests(original, copy);
  return original;
}

/**
 * Sends a schema with all that it holds to a sink: tables, then rows, then what is made faster or rightly once the rows are there.
 * @returns the tables
 * @throws RefusedError `uncopied-objects` where something would be missing
 */
export function copySchema(
  from: PostgresSession,
  to: Sink,
  options: DatabaseCopyOptions,
): Promise<readonly Table[]> {
  return new SchemaCopy(from, to, options).run();
}

/** The session as what it is. */
export function postgresSession(session: Session): PostgresSession {
  if (session instanceof PostgresSession) return session;
  throw new Error("not a session of PostgreSQL");
}

class SchemaCopy {
  readonly #from: PostgresSession;
  readonly #to: Sink;
  readonly #clauses: Clauses;
  readonly #options: DatabaseCopyOptions;

  constructor(from: PostgresSession, to: Sink, options: DatabaseCopyOptions) {
    this.#from = from;
    this.#to = to;
    this.#clauses = new Clauses(to.namespace);
    this.#options = options;
  }

  async run(): Promise<readonly Table[]> {
    await requireCopyable(this.#from);
    const tables = await inspectTables(this.#from, await tableNames(this.#from));
    requirePlainTables(tables);
    await this.#createSequences(tables);
    for (const table of tables) await this.#runAll(createStatements(bare(table), this.#to.namespace));
    for (const table of tables) {
      await this.#copyRows(table);
      this.#options.onTable?.("copied", table.name);
    }
    for (const table of tables) await this.#runAll(this.#finish(table));
    for (const table of tables) await this.#runAll(this.#referTo(table));
    await this.#setSequences();
    return tables;
  }

  async #runAll(statements: readonly string[]): Promise<void> {
    for (const statement of statements) await this.#to.run(statement);
  }

  /** Those that belong to no column; the others are made with their table. */
  async #createSequences(tables: readonly Table[]): Promise<void> {
    const owned = new Set(tables.flatMap(({ sequences = [] }) => sequences.map(({ name }) => name)));
    const rows = await this.#from
      .query(sql`SELECT c.relname::text AS name, format_type(q.seqtypid, NULL) AS type,
        q.seqstart::text AS start, q.seqincrement::text AS increment, q.seqmin::text AS least, q.seqmax::text AS most,
        q.seqcache::text AS cache, q.seqcycle AS cycle
      FROM pg_catalog.pg_sequence q JOIN pg_catalog.pg_class c ON c.oid = q.seqrelid
      WHERE c.relnamespace = ${quoteName(this.#from.namespace)}::regnamespace
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'i')
      ORDER BY c.relname`);
    for (const row of rows) {
      const name = String(row["name"]);
      if (owned.has(name)) continue;
      await this.#to.run(
        `CREATE SEQUENCE ${this.#clauses.relation(name)} AS ${String(row["type"])} INCREMENT BY ${String(row["increment"])}` +
          ` MINVALUE ${String(row["least"])} MAXVALUE ${String(row["most"])} START WITH ${String(row["start"])}` +
          ` CACHE ${String(row["cache"])}${row["cycle"] === true ? " CYCLE" : ""}`,
      );
    }
  }

  async #copyRows(table: Table): Promise<void> {
    const columns = table.columns
      .filter(isStored)
      .map(({ name }) => quoteName(name))
      .join(", ");
    if (columns === "") return;
    const from = new Clauses(this.#from.namespace).relation(table.name);
    const reading = this.#from.client.query(copyTo(`COPY (SELECT ${columns} FROM ${from}) TO STDOUT`));
    await this.#to.rows(this.#clauses.relation(table.name), columns, reading);
  }

  /** What is made faster, or rightly, once the rows are there. */
  #finish(table: Table): string[] {
    const relation = this.#clauses.relation(table.name);
    return [
      ...table.exclusions.map(
        (exclusion) => `ALTER TABLE ${relation} ADD ${this.#clauses.exclusion(exclusion)}`,
      ),
      ...table.checks
        .filter((check) => !isPlain(check))
        .map((check) => `ALTER TABLE ${relation} ADD ${this.#clauses.check(check)}`),
      ...table.indexes.map((index) => this.#clauses.index(table.name, index)),
    ];
  }

  #referTo(table: Table): string[] {
    const relation = this.#clauses.relation(table.name);
    const attachments = (table.attachments ?? []).filter(({ kind }) => !notCopied.has(kind));
    return [
      ...table.foreignKeys.map((key) => `ALTER TABLE ${relation} ADD ${this.#clauses.foreignKey(key)}`),
      ...surroundings({ ...table, attachments }, this.#to.namespace),
    ];
  }

  async #setSequences(): Promise<void> {
    const sequences = await this.#from.query(sql`SELECT c.relname::text AS name FROM pg_catalog.pg_class c
      WHERE c.relkind = 'S' AND c.relnamespace = ${quoteName(this.#from.namespace)}::regnamespace ORDER BY c.relname`);
    for (const row of sequences) {
      const name = String(row["name"]);
      const [state] = await this.#from.query(
        sql`SELECT last_value::text AS last, is_called AS called FROM ${sql.table(name)}`,
      );
      const relation = literal(this.#clauses.relation(name));
      await this.#to.run(
        `SELECT setval(${relation}, ${String(state?.["last"])}, ${String(state?.["called"])})`,
      );
    }
  }
}

/** Without what comes after the rows. */
function bare(table: Table): Table {
  return {
    ...table,
    foreignKeys: [],
    exclusions: [],
    checks: table.checks.filter(isPlain),
    indexes: [],
    triggers: [],
    attachments: [],
    comment: null,
    columns: table.columns.map((column) => ({ ...column, comment: null })),
    options: Object.fromEntries(Object.entries(table.options).filter(([name]) => !lateOptions.has(name))),
  };
}

/** Options that name an index, or that would keep us from writing. */
const lateOptions: ReadonlySet<string> = new Set([
  "replicaIdentity",
  "clusterOn",
  "rowSecurity",
  "partitionOf",
]);

function isStored({ generated }: Column): boolean {
  return generated === null;
}

/** The sum of a hash of each row: whatever order they come in. */
async function digestOf(session: PostgresSession, table: string): Promise<TableDigest> {
  const [row] = await session.query(sql`SELECT count(*) AS rows,
      coalesce(sum(('x' || substr(md5(_godwit_row::text), 1, 16))::bit(64)::bigint), 0)::text AS digest
    FROM ${sql.table(table)} AS _godwit_row`);
  return { table, rows: BigInt(String(row?.["rows"])), digest: String(row?.["digest"]) };
}

async function requireEmpty(session: PostgresSession): Promise<void> {
  const found = await anythingIn(session);
  if (found !== null) throw placeIsTaken(`Schema "${session.namespace}" (${found})`);
}

/** The name of something in the schema, or null where it is empty. */
async function anythingIn(session: Session): Promise<string | null> {
  const { namespace } = postgresSession(session);
  const [found] = await session.query(sql`SELECT c.relname::text AS name FROM pg_catalog.pg_class c
    WHERE c.relnamespace = ${quoteName(namespace)}::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LIMIT 1`);
  return found === undefined ? null : String(found["name"]);
}

/** Whether there is something in a schema; database and schema need not be there. */
export async function isTaken(address: DatabaseAddress & { readonly dialect: "postgres" }): Promise<boolean> {
  try {
    const database = await openPostgres(address);
    try {
      return (await database.transaction({ mode: "read" }, anythingIn)) !== null;
    } finally {
      await database.close();
    }
  } catch (error) {
    const isMissing =
      error instanceof InputError && ["unknown-database", "unknown-namespace"].includes(error.code);
    if (isMissing) return false;
    throw error;
  }
}

/** @throws RefusedError `uncopied-objects` */
export function requireCopyableDatabase(source: Database): Promise<void> {
  return source.transaction({ mode: "read" }, (session) => requireCopyable(postgresSession(session)));
}

/** What would silently be missing from the copy. */
async function requireCopyable(session: PostgresSession): Promise<void> {
  const namespace = sql`${quoteName(session.namespace)}::regnamespace`;
  const rows = await session.query(sql`
    SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'partitioned table' END
        || ' ' || quote_ident(c.relname) AS what
      FROM pg_catalog.pg_class c WHERE c.relnamespace = ${namespace} AND c.relkind IN ('v', 'm', 'f', 'p')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL SELECT 'function ' || quote_ident(p.proname) FROM pg_catalog.pg_proc p WHERE p.pronamespace = ${namespace}
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL SELECT 'type ' || quote_ident(t.typname) FROM pg_catalog.pg_type t WHERE t.typnamespace = ${namespace} AND t.typtype IN ('e', 'd', 'r')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
    ORDER BY 1 LIMIT 20`);
  if (rows.length === 0) return;
  throw uncopied(rows.map((row) => String(row["what"])));
}

function requirePlainTables(tables: readonly Table[]): void {
  const inheriting = tables.filter(
    ({ options }) => options["inherits"] !== undefined || options["partitionOf"] !== undefined,
  );
  if (inheriting.length > 0) throw uncopied(inheriting.map(({ name }) => `table "${name}", which inherits`));
}

function uncopied(what: readonly string[]): RefusedError {
  return new RefusedError(
    "uncopied-objects",
    `The database holds what godwit does not copy: ${what.join(", ")}.`,
    { hint: "Copy it with pg_dump and pg_restore of the server's version or a newer one." },
  );
}
