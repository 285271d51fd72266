/** Looks at rights, other sessions and replication of a PostgreSQL database. */
import type { Database, Session } from "../database.js";
import type { Examination, Obstacle, Undertaking } from "../preflight.js";
import { sql } from "../sql.js";
import type { Row } from "../sql.js";
import { quoteName } from "./literals.js";

/** The newest server that the tests run on. */
const newestTested = 18;

export function examinePostgres(database: Database, undertaking: Undertaking): Promise<Examination> {
  const namespace = database.namespace ?? "public";
  return database.transaction({ mode: "read" }, async (session) => ({
    obstacles: [
      ...(await readOnly(session)),
      ...(await rights(session, namespace)),
      ...(await owners(session, namespace, undertaking)),
    ],
    warnings: [
      ...(await version(session)),
      ...(await sessions(session, namespace, [...undertaking.tables.keys()])),
      ...(await replication(session)),
      ...(await space(session, namespace, undertaking)),
    ],
  }));
}

async function readOnly(session: Session): Promise<Obstacle[]> {
  const [row] = await session.query(
    sql`SELECT pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') AS "readOnly"`,
  );
  if (row?.["standby"] === true) {
    return [
      {
        code: "read-only",
        message: "The server is a standby, which can only be read.",
        hint: "Name the primary server; the standby follows it.",
      },
    ];
  }
  if (row?.["readOnly"] !== "on") return [];
  const message = "Transactions of this user or database are read-only (default_transaction_read_only).";
  return [
    {
      code: "read-only",
      message,
      hint: "Ask the server's administrator to lift that, or connect as another user.",
    },
  ];
}

async function rights(session: Session, namespace: string): Promise<Obstacle[]> {
  const [row] =
    await session.query(sql`SELECT has_schema_privilege(${quoteName(namespace)}::regnamespace, 'CREATE') AS "create",
    has_database_privilege(current_database(), 'TEMPORARY') AS temporary, quote_ident(current_database()) AS database,
    quote_ident(current_user) AS "user"`);
  const user = String(row?.["user"]);
  const lacking = (what: string, grant: string): Obstacle => ({
    code: "no-privilege",
    message: `User ${user} may not ${what}.`,
    hint: `As an administrator: ${grant}`,
  });
  const schema = quoteName(namespace);
  return [
    ...(row?.["create"] === false
      ? [lacking(`make tables in schema ${schema}`, `GRANT CREATE ON SCHEMA ${schema} TO ${user}`)]
      : []),
    ...(row?.["temporary"] === false
      ? [
          lacking(
            "make temporary tables",
            `GRANT TEMPORARY ON DATABASE ${String(row["database"])} TO ${user}`,
          ),
        ]
      : []),
  ];
}

/** Only its owner may alter a table. */
async function owners(
  session: Session,
  namespace: string,
  { tables, statements }: Undertaking,
): Promise<Obstacle[]> {
  const names = [...tables.keys()];
  if (names.length === 0) return [];
  const rows =
    await session.query(sql`SELECT c.relname::text AS name, quote_ident(pg_get_userbyid(c.relowner)) AS owner,
      has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')
        AND has_table_privilege(c.oid, 'DELETE') AS rows, quote_ident(current_user) AS "user"
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${namespace} AND c.relname IN (${sql.join(names.map((name) => sql`${name}`))})
      AND NOT pg_has_role(current_user, c.relowner, 'MEMBER') ORDER BY c.relname`);
  return rows.flatMap((row) => {
    const relation = `${quoteName(namespace)}.${quoteName(String(row["name"]))}`;
    const isAltered = statements.some(
      (text) => /^\s*(ALTER|DROP|CREATE|TRUNCATE|LOCK)\b/i.test(text) && text.includes(relation),
    );
    if (!isAltered && row["rows"] === true) return [];
    const [owner, user] = [String(row["owner"]), String(row["user"])];
    return [
      {
        code: "no-privilege",
        message: `Table ${relation} belongs to ${owner}, and user ${user} may not change it.`,
        hint: `Connect as ${owner}, or as an administrator: GRANT ${owner} TO ${user}`,
      },
    ];
  });
}

async function version(session: Session): Promise<string[]> {
  const [row] = await session.query(
    sql`SELECT current_setting('server_version_num')::integer / 10000 AS major`,
  );
  const major = Number(row?.["major"]);
  if (major <= newestTested) return [];
  return [`The server is PostgreSQL ${major}; this version of godwit was tested up to ${newestTested}.`];
}

/** Steps wait for these, up to the lock timeout, and others wait behind them. */
async function sessions(session: Session, namespace: string, tables: readonly string[]): Promise<string[]> {
  if (tables.length === 0) return [];
  const rows =
    await session.query(sql`SELECT l.pid, a.usename::text AS "user", a.application_name AS application, a.state,
      to_char(a.xact_start, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since, string_agg(DISTINCT quote_ident(c.relname), ', ') AS tables
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
    WHERE n.nspname = ${namespace} AND c.relname IN (${sql.join(tables.map((name) => sql`${name}`))})
      AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
      AND l.pid IS DISTINCT FROM pg_backend_pid()
    GROUP BY l.pid, a.usename, a.application_name, a.state, a.xact_start ORDER BY l.pid`);
  return rows.map(describeSession);
}

function describeSession(row: Row): string {
  const told = ["user", "application", "state"]
    .map((name) => row[name])
    .filter((value) => value !== null && value !== "");
  const who = row["pid"] === null ? "A prepared transaction" : `Session ${String(row["pid"])}`;
  const since = row["since"] === null ? "" : `, in a transaction since ${String(row["since"])}`;
  return `${who} (${told.join(", ")}${since}) holds locks on ${String(row["tables"])}; steps wait for it up to --lock-timeout.`;
}

async function replication(session: Session): Promise<string[]> {
  const slots = await session.query(sql`SELECT slot_name::text AS name FROM pg_catalog.pg_replication_slots
    WHERE slot_type = 'logical' AND database = current_database() ORDER BY slot_name`);
  const [replicas] = await session.query(sql`SELECT count(*) AS n FROM pg_catalog.pg_stat_replication`);
  const count = Number(replicas?.["n"]);
  return [
    ...(count === 0
      ? []
      : [`${count} replicas follow the server; queries on them may be cancelled while they replay the run.`]),
    ...slots.map(
      (row) =>
        `Logical replication slot "${String(row["name"])}" carries rows, but no changes of tables: its subscribers have to be changed too.`,
    ),
  ];
}

const worthTelling = 100n * 1024n * 1024n;

/** The server does not tell how much room its disk has. */
async function space(session: Session, namespace: string, { tables }: Undertaking): Promise<string[]> {
  const rewritten = [...tables].filter(([, cost]) => cost === "rewrite").map(([name]) => name);
  if (rewritten.length === 0) return [];
  const [row] =
    await session.query(sql`SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ${namespace} AND c.relname IN (${sql.join(rewritten.map((name) => sql`${name}`))})`);
  const bytes = BigInt(String(row?.["bytes"]));
  if (bytes < worthTelling) return [];
  return [
    `Tables of ${bytes} bytes are written anew: the server's disk needs that once more, and again for its log.`,
  ];
}
