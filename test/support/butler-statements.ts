/** Statements that the real Butler sent: see `test/fixtures/butler-statements`. */
import { expect } from "chai";
import { readFile } from "node:fs/promises";
import type { DialectName } from "../../lib/database/database.js";
import type { Sql, SqlValue } from "../../lib/index.js";

export interface RecordedStatement {
  /** With a question mark for each parameter. */
  readonly sql: string;
  readonly parameters: readonly (string | number | boolean | null)[];
}

/** @param name of what Butler was used for: `datasets` */
export async function readStatements(dialect: DialectName, name: string): Promise<RecordedStatement[]> {
  const file = new URL(`../../../test/fixtures/butler-statements/${dialect}/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8")) as RecordedStatement[];
}

/** The statement as a session takes it: question marks stand for parameters nowhere but where these belong. */
export function statementOf({ sql: text, parameters }: RecordedStatement): Sql {
  const pieces = piecesOf({ sql: text, parameters });
  return {
    parts: pieces.flatMap((piece, at) => {
      const value = parameters[at];
      const part = { kind: "text", text: piece } as const;
      if (value === undefined) return [part];
      const sent: SqlValue = typeof value === "number" ? BigInt(value) : value;
      return [part, { kind: "value", value: sent } as const];
    }),
  };
}

/** The statement as PostgreSQL's own driver takes it. */
export function numberedText(recorded: RecordedStatement): string {
  return piecesOf(recorded)
    .map((piece, at) => (at === 0 ? piece : `$${at}${piece}`))
    .join("");
}

function piecesOf({ sql: text, parameters }: RecordedStatement): string[] {
  const pieces = text.split("?");
  expect(pieces, text).to.have.length(parameters.length + 1);
  return pieces;
}
