import type { RowBatch } from "./data.js";
import type { DialectName, ScriptFrame } from "./database.js";
import type { Conventions } from "./schema/conventions.js";
import type { SchemaPlanner } from "./schema/planning.js";
import type { Sql } from "./sql.js";

/** A database that is not there: what can be written for it without asking it anything. */
export interface OfflineDatabase {
  readonly dialect: DialectName;
  readonly frame: ScriptFrame;
  render(statement: Sql): string;
  planner(conventions: Conventions): SchemaPlanner;
  insertStatements(table: string, batch: RowBatch): string[];
}

/** The PostgreSQL schema that a script without a repository is for. */
const namespace = "public";

/** Loads a dialect; no driver is loaded. */
export async function offlineDatabase(dialect: DialectName): Promise<OfflineDatabase> {
  return dialect === "sqlite" ? offlineSqlite() : offlinePostgres();
}

async function offlineSqlite(): Promise<OfflineDatabase> {
  const [{ sqlitePlanner, sqliteRules }, { renderSql }, { insertStatements }, { sqliteFrame }] =
    await Promise.all([
      import("./sqlite/schema-editor.js"),
      import("./sqlite/literals.js"),
      import("./sqlite/data-editor.js"),
      import("./sqlite/database.js"),
    ]);
  return {
    dialect: "sqlite",
    frame: sqliteFrame,
    render: renderSql,
    planner: (conventions) => sqlitePlanner(sqliteRules(conventions)),
    insertStatements,
  };
}

async function offlinePostgres(): Promise<OfflineDatabase> {
  const [
    { postgresPlanner, postgresRules },
    { literal, renderSql },
    { insertStatements },
    { postgresFrame },
    { Clauses },
  ] = await Promise.all([
    import("./postgres/schema/planner.js"),
    import("./postgres/literals.js"),
    import("./postgres/data.js"),
    import("./postgres/database.js"),
    import("./postgres/schema/clauses.js"),
  ]);
  return {
    dialect: "postgres",
    frame: postgresFrame(namespace),
    render: (statement) => renderSql(statement, namespace),
    planner: (conventions) => postgresPlanner(namespace, postgresRules(namespace, conventions)),
    insertStatements: (table, batch) =>
      insertStatements(new Clauses(namespace).relation(table), batch, literal),
  };
}
