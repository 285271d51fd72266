import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { DialectName } from "../../lib/database/database.js";
import { temporaryFolder } from "./folders.js";
import { createPostgresDatabase } from "./postgres.js";

/** A fresh empty database, removed afterwards. */
export interface EmptyDatabase {
  readonly dialect: DialectName;
  /** `sqlite:////…`, or `postgresql://…` with the password. */
  readonly url: string;
}

/** One of the two databases that every test of an operation runs on. */
export interface DatabaseKind {
  /** For titles of tests. */
  readonly title: string;
  readonly dialect: DialectName;
  create(): Promise<EmptyDatabase>;
}

/** Both databases: `for (const kind of databases) describe(kind.title, …)`. */
export const databases: readonly DatabaseKind[] = [
  {
    title: "SQLite",
    dialect: "sqlite",
    async create() {
      const folder = await temporaryFolder();
      const file = path.join(folder, "test.sqlite3");
      await writeFile(file, "");
      return { dialect: "sqlite", url: `sqlite:///${file}` };
    },
  },
  {
    title: "PostgreSQL",
    dialect: "postgres",
    async create() {
      const { url } = await createPostgresDatabase();
      return { dialect: "postgres", url };
    },
  },
];
