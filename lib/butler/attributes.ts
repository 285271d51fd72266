/** The table `butler_attributes`: what a repository says of itself. */
import type { Session } from "../database/database.js";
import { sql } from "../database/sql.js";
import type { RevisionContext } from "../run/context.js";

/** The name of the table. */
export const attributesTable = "butler_attributes";

export const dimensionsAttribute = "config:dimensions.json";
export const obscoreAttribute = "config:obscore.json";

/** The name of the attribute that holds the class of a manager. */
export function classAttribute(manager: string): string {
  return `config:registry.managers.${manager}`;
}

/** The name of the attribute that holds the version of a class. */
export function versionAttribute(classPath: string): string {
  return `version:${classPath}`;
}

/** The name of the attribute in which old releases kept a digest of the schema. */
export function digestAttribute(classPath: string): string {
  return `schema_digest:${classPath}`;
}

/** All attributes by name. */
export async function readAttributes(session: Pick<Session, "query">): Promise<Map<string, string>> {
  const rows = await session.query(sql`SELECT name, value FROM ${sql.table(attributesTable)} ORDER BY name`);
  return new Map(rows.map((row) => [String(row["name"]), String(row["value"])]));
}

/** Adds an attribute or replaces its value. */
export async function writeAttribute(
  session: Pick<Session, "execute">,
  name: string,
  value: string,
): Promise<void> {
  await session.execute(
    sql`INSERT INTO ${sql.table(attributesTable)} (name, value) VALUES (${name}, ${value}) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
}

/** Removes an attribute, where it is there. */
export async function removeAttribute(session: Pick<Session, "execute">, name: string): Promise<void> {
  await session.execute(sql`DELETE FROM ${sql.table(attributesTable)} WHERE name = ${name}`);
}

/** The attributes as a revision sees them: while a plan is made, as the steps before it would leave them. */
export class Attributes {
  readonly #context: RevisionContext;

  constructor(context: RevisionContext) {
    this.#context = context;
  }

  /** The value, or undefined. */
  async get(name: string): Promise<string | undefined> {
    return (await this.all()).get(name);
  }

  async all(): Promise<ReadonlyMap<string, string>> {
    return this.#context.mode === "run" ? readAttributes(this.#context) : this.#planned();
  }

  async set(name: string, value: string): Promise<void> {
    if (this.#context.mode === "plan") (await this.#planned()).set(name, value);
    await writeAttribute(this.#writer(), name, value);
  }

  async remove(name: string): Promise<void> {
    if (this.#context.mode === "plan") (await this.#planned()).delete(name);
    await removeAttribute(this.#writer(), name);
  }

  #writer(): Pick<Session, "execute"> {
    return {
      execute: (statement) => this.#context.execute(statement, { table: attributesTable, cost: "rewrite" }),
    };
  }

  async #planned(): Promise<Map<string, string>> {
    const { shadow } = this.#context;
    const known = shadow.get(attributesTable);
    if (known instanceof Map) return known as Map<string, string>;
    const read = await readAttributes(this.#context);
    shadow.set(attributesTable, read);
    return read;
  }
}
