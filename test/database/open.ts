import type { Session } from "../../lib/database/database.js";
import { plainConventions } from "../../lib/database/schema/plain-conventions.js";
import type { SchemaEditor } from "../../lib/database/schema/editor.js";
import { sql } from "../../lib/database/sql.js";
import type { Row } from "../../lib/database/sql.js";
import { openRepository } from "../../lib/repository/open.js";
import type { DatabaseKind } from "../support/databases.js";

/** A fresh database that stays open for one test. */
export interface TestDatabase {
  /** One write transaction; foreign keys are checked at its end, as the runner does. */
  write<T>(work: (session: Session, editor: SchemaEditor) => Promise<T>): Promise<T>;
  rows(query: string): Promise<Row[]>;
  /** One read transaction. */
  read<T>(work: (rows: (query: string) => Promise<Row[]>) => Promise<T>): Promise<T>;
  removeLeftovers(): Promise<void>;
  close(): Promise<void>;
}

export async function openFresh(
  kind: DatabaseKind,
  statements: readonly string[],
  jobs = 1,
): Promise<TestDatabase> {
  const { url } = await kind.create();
  const { database } = await openRepository(url);
  const test: TestDatabase = {
    write: (work) =>
      database.transaction({ mode: "write", jobs }, async (session) => {
        const editor = session.schema(plainConventions);
        const result = await work(session, editor);
        await session.checkForeignKeys(await editor.tableNames());
        return result;
      }),
    read: (work) =>
      database.transaction({ mode: "read" }, (session) => work((query) => session.query(sql.raw(query)))),
    rows: (query) => database.transaction({ mode: "read" }, (session) => session.query(sql.raw(query))),
    removeLeftovers: () => database.removeLeftovers(),
    close: () => database.close(),
  };
  await test.write(async (session) => {
    for (const text of statements) await session.execute(sql.raw(text));
  });
  return test;
}

/** The error with which something is refused. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof Error ? `${"code" in error ? String(error.code) : ""}: ${error.message}` : "";
  }
  return "not refused";
}
