import { openRepository } from "../../lib/repository/open.js";
import type { Row } from "../../lib/database/sql.js";
import { sql } from "../../lib/database/sql.js";

/** What a query of a plain database gives. */
export async function rowsOf(url: string, query: string): Promise<Row[]> {
  const repository = await openRepository(url);
  try {
    return await repository.database.transaction({ mode: "read" }, (session) =>
      session.query(sql.raw(query)),
    );
  } finally {
    await repository.close();
  }
}

/** Runs statements on a plain database, in one transaction. */
export async function runStatements(url: string, statements: readonly string[]): Promise<void> {
  const repository = await openRepository(url);
  try {
    await repository.database.transaction({ mode: "write" }, async (session) => {
      for (const statement of statements) await session.execute(sql.raw(statement));
    });
  } finally {
    await repository.close();
  }
}
