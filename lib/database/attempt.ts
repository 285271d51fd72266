import type { Session } from "./database.js";
import { sql } from "./sql.js";

/** Runs work in a transaction, which goes on when it fails: PostgreSQL takes nothing more after a statement that failed. */
export async function attempt<T>(session: Session, work: () => Promise<T>): Promise<T> {
  if (session.dialect === "sqlite") return work();
  await session.execute(sql`SAVEPOINT _godwit_attempt`);
  try {
    const result = await work();
    await session.execute(sql`RELEASE SAVEPOINT _godwit_attempt`);
    return result;
  } catch (error) {
    await session.execute(sql`ROLLBACK TO SAVEPOINT _godwit_attempt`);
    throw error;
  }
}
