/** What a driver reports, said so that an operator knows what to do. */
import { expect } from "chai";
import { InputError, RefusedError, StepError } from "../../lib/errors.js";
import { connectionError, sqlState, statementError } from "../../lib/database/postgres/errors.js";
import * as sqlite from "../../lib/database/sqlite/errors.js";

const place = { host: "db.example.org", port: 5432, database: "main", user: "reader" } as const;

function failing(message: string, more: object = {}): Error {
  return Object.assign(new Error(message), more);
}

describe("A connection to PostgreSQL that fails", () => {
  const cases: [error: unknown, code: string, says: string, hint: string][] = [
    [
      failing("no", { code: "28P01" }),
      "authentication-failed",
      'refused the password for user "reader"',
      "PGPASSWORD",
    ],
    [
      failing("pg_hba: no encryption", { code: "28000" }),
      "authentication-failed",
      "lets nobody in",
      "sslmode=require",
    ],
    [
      failing("role is missing", { code: "28000" }),
      "authentication-failed",
      "role is missing",
      "pg_hba.conf",
    ],
    [failing("no", { code: "3D000" }), "unknown-database", 'no database "main"', "psql -h db.example.org"],
    [failing("no", { code: "ECONNREFUSED" }), "database-unreachable", "(ECONNREFUSED)", "running"],
    [
      new AggregateError([failing("no", { code: "ENOTFOUND" })]),
      "database-unreachable",
      "(ENOTFOUND)",
      "host",
    ],
    [failing("odd"), "connection-failed", "could not be opened: odd.", "log"],
    [failing(""), "connection-failed", "no reason given", "log"],
    ["a text", "connection-failed", "a text", "log"],
  ];
  for (const [error, code, says, hint] of cases)
    it(`is ${code}: ${says}`, () => {
      for (const wrapped of [error, failing("outside", { parent: error })]) {
        if (wrapped !== error && !(error instanceof Error)) continue;
        const told = connectionError(wrapped, place);
        expect(told).to.be.instanceOf(InputError).with.property("code", code);
        expect(told.message).to.include(says);
        expect(told.hint).to.include(hint);
      }
    });

  it("names no user where none is known", () => {
    const told = connectionError(failing("no", { code: "28P01" }), { ...place, user: null });
    expect(told.message).to.equal('The server db.example.org:5432 refused the password on database "main".');
  });
});

describe("A statement that PostgreSQL refuses", () => {
  const server = (code: string, detail?: string): Error =>
    failing("no", { severity: "ERROR", code, ...(detail === undefined ? {} : { detail }) });
  for (const [state, code] of [
    ["55P03", "lock-timeout"],
    ["40P01", "deadlock"],
    ["57P01", "connection-lost"],
    ["23505", "constraint-violated"],
    ["42P01", "statement-failed"],
  ] as const)
    it(`with ${state} is ${code}`, () => {
      expect(statementError(server(state), "SELECT 1"))
        .to.be.instanceOf(StepError)
        .with.property("code", code);
    });

  it("tells detail and beginning of the statement, and what to do where that is known", () => {
    const told = statementError(server("42501", "only owners"), `SELECT\n  ${"x".repeat(300)}`) as StepError;
    expect(told.message).to.match(/^no \(only owners\), in: SELECT x{193}…$/);
    expect(told.hint).to.include("owner of the tables");
  });

  it("whose connection is gone says so; errors of our own, and what is no error, pass", () => {
    expect(statementError(failing("gone"), "SELECT 1")).to.have.property("code", "connection-lost");
    const own = new RefusedError("own", "our own");
    expect(statementError(own, "SELECT 1")).to.equal(own);
    expect(statementError("odd", "SELECT 1").message).to.equal("odd");
  });

  it("has its state found behind other errors", () => {
    expect(sqlState(new Error("outside", { cause: server("23505") }))).to.equal("23505");
    expect(sqlState(new Error("outside"))).to.equal(null);
    expect(sqlState("odd")).to.equal(null);
  });
});

describe("What SQLite reports", () => {
  const file = "/data/main.sqlite3";
  const cases: [code: string | number, found: string, says: string][] = [
    ["SQLITE_NOTADB", "not-a-database", `${file} is not a SQLite database`],
    ["SQLITE_CORRUPT", "corrupt-database", "is damaged: no"],
    ["SQLITE_READONLY", "read-only", "cannot be written"],
    ["SQLITE_BUSY", "locked", "locked by another process"],
    ["SQLITE_CONSTRAINT", "constraint-violated", "no, in: SELECT 1"],
    ["SQLITE_ERROR", "statement-failed", "no, in: SELECT 1"],
    [7, "statement-failed", "no, in: SELECT 1"],
  ];
  for (const [code, found, says] of cases)
    it(`as ${code} is ${found}`, () => {
      const told = sqlite.statementError(failing("no", { code }), "SELECT 1", file);
      expect(told).to.have.property("code", found);
      expect(told.message).to.include(says);
    });

  it("is cut where a statement is long; errors of our own pass", () => {
    expect(sqlite.statementError("odd", "x".repeat(400), file).message).to.equal(
      `odd, in: ${"x".repeat(300)}…`,
    );
    const own = new RefusedError("own", "our own");
    expect(sqlite.statementError(own, "", file)).to.equal(own);
    expect(sqlite.openError(own, file)).to.equal(own);
    expect(sqlite.openError(failing("no"), file)).to.have.property("code", "database-unreadable");
  });
});
