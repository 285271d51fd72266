/** Stands between the drivers and the databases, where statements can be counted and disturbed. */
import pg from "pg";
import sqlite3 from "sqlite3";

/**
 * What is done to a statement: let pass, refused by the database, sent only after something else has happened, or carried out
 * without its answer ever arriving.
 */
export type Verdict = "pass" | "refuse" | (() => Promise<void>) | { readonly after: () => void };

/** Told each statement that goes to a database, with the driver's connection. */
export type Interceptor = (text: string, connection: unknown) => Verdict;

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A statement that each database refuses. */
const refused = "SELECT * FROM injected_fault";

/** Intercepts the statements of both drivers until the returned function is called. */
export function intercept(judge: Interceptor): () => void {
  const restore = [...["run", "all"].map((name) => interceptSqlite(name, judge)), interceptPostgres(judge)];
  return () => {
    for (const one of restore) one();
  };
}

function interceptSqlite(name: string, judge: Interceptor): () => void {
  const prototype = sqlite3.Database.prototype as unknown as Record<string, Method>;
  const original = prototype[name] as Method;
  prototype[name] = function disturbed(text, ...rest) {
    const verdict = judge(String(text), this);
    if (typeof verdict !== "string") throw new Error("a statement of SQLite cannot wait");
    return original.call(this, verdict === "refuse" ? refused : text, ...rest);
  };
  return () => {
    prototype[name] = original;
  };
}

interface Statement {
  text: string;
  readonly submit?: unknown;
}

interface ApplicationClient {
  readonly connectionParameters: { readonly application_name?: string };
}

function interceptPostgres(judge: Interceptor): () => void {
  const prototype = pg.Client.prototype as unknown as { query: Method };
  const original = prototype.query;
  prototype.query = function disturbed(statement, ...rest) {
    const { application_name: application } = (this as ApplicationClient).connectionParameters;
    if (application !== "godwit") return original.call(this, statement, ...rest);
    const text = typeof statement === "string" ? statement : (statement as Statement).text;
    const verdict = judge(text, this);
    if (verdict === "pass") return original.call(this, statement, ...rest);
    if (verdict === "refuse") return original.call(this, refusing(statement as string | Statement), ...rest);
    if (typeof verdict === "object")
      return unanswered(original.call(this, statement, ...rest), verdict.after);
    if (typeof statement !== "string" && (statement as Statement).submit !== undefined) {
      // A stream has to be given back at once; what happens to it, happens while it runs.
      void verdict();
      return original.call(this, statement, ...rest);
    }
    return verdict().then(() => original.call(this, statement, ...rest));
  };
  return () => {
    prototype.query = original;
  };
}

async function unanswered(answer: unknown, cut: () => void): Promise<never> {
  await (answer as Promise<unknown>);
  cut();
  throw new Error("Connection terminated unexpectedly");
}

function refusing(statement: string | Statement): string | Statement {
  if (typeof statement === "string") return refused;
  if (statement.submit === undefined) return { ...statement, text: refused };
  statement.text = "COPY injected_fault FROM STDIN";
  return statement;
}
