/** Repositories that tests may change as they like. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { temporaryCopy } from "../api/rehearse.js";
import { InputError } from "../errors.js";
import { openRepository } from "../repository/open.js";
import { sql } from "../database/sql.js";

/** A kind of repository that revisions are tried on. */
export interface TestRepository {
  /** For titles of tests. */
  readonly title: string;
  /** A Butler has the trees that come with godwit besides those of the project. */
  readonly kind?: "butler";
  /** Makes a fresh one. */
  make(): Promise<MadeRepository>;
}

export interface MadeRepository {
  readonly uri: string;
  remove(): Promise<void>;
}

/** Empty SQLite files in the folder for temporary files. */
export const scratchSqlite: TestRepository = {
  title: "SQLite",
  async make() {
    const folder = await mkdtemp(path.join(tmpdir(), "godwit-scratch-"));
    const file = path.join(folder, "scratch.sqlite3");
    await writeFile(file, "");
    return {
      uri: `sqlite:///${file}`,
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

/**
 * Empty databases of a PostgreSQL server, each removed afterwards.
 * @param server URL of a database of the server, with a user who may create databases
 */
export function scratchPostgres(server: string): TestRepository {
  return {
    title: "PostgreSQL",
    async make() {
      const name = `godwit_scratch_${randomBytes(6).toString("hex")}`;
      await runOn(server, `CREATE DATABASE ${name}`);
      const url = new URL(server);
      url.pathname = `/${name}`;
      return { uri: url.href, remove: () => runOn(server, `DROP DATABASE ${name} WITH (FORCE)`) };
    },
  };
}

/**
 * What revisions are tried on unless a test says otherwise: SQLite, and the server that GODWIT_TEST_POSTGRES names, where it is set.
 */
export function scratchRepositories(
  environment: Readonly<Record<string, string | undefined>>,
): TestRepository[] {
  const server = environment["GODWIT_TEST_POSTGRES"];
  return server === undefined || server === "" ? [scratchSqlite] : [scratchSqlite, scratchPostgres(server)];
}

/**
 * Copies of the Butler repositories that GODWIT_TEST_BUTLERS names (folders or labels, with commas between them): what revisions of a
 * Butler's trees are tried on. The originals are only read.
 * @throws InputError `no-test-repository` where it names none
 */
export function butlerCopies(environment: Readonly<Record<string, string | undefined>>): TestRepository[] {
  const names = (environment["GODWIT_TEST_BUTLERS"] ?? "").split(",").filter((name) => name !== "");
  if (names.length > 0)
    return names.map((name) => ({
      title: `a copy of ${name}`,
      kind: "butler",
      make: () => temporaryCopy(name),
    }));
  throw new InputError("no-test-repository", "No Butler repository is named to try revisions on.", {
    hint: "Set GODWIT_TEST_BUTLERS to folders or labels, with commas between them; copies are made, the originals stay as they are.",
  });
}

async function runOn(server: string, statement: string): Promise<void> {
  const repository = await openRepository(server);
  try {
    await repository.database.session((session) => session.execute(sql.raw(statement)));
  } finally {
    await repository.close();
  }
}
