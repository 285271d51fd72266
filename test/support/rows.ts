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
