import { expect } from "chai";
import fc from "fast-check";
import type { Session } from "../../lib/database/database.js";
import { plainConventions } from "../../lib/database/schema/plain-conventions.js";
import type { Table } from "../../lib/database/schema/table.js";
import { type } from "../../lib/database/schema/types.js";
import { sql } from "../../lib/database/sql.js";
import { RefusedError } from "../../lib/errors.js";
import { openRepository } from "../../lib/repository/open.js";
import { databases } from "../support/databases.js";
import { alterModel, anyCase, logicalType, startModel, valueFor } from "./model.js";
import type { Model, Value } from "./model.js";

class Undone extends Error {}

async function createModel(session: Session, model: Model): Promise<void> {
  await session.schema(plainConventions).create("parent", (t) => {
    t.column("id", type.bigint());
    t.primaryKey(["id"]);
  });
  await session
    .data()
    .insert("parent", { columns: ["id"], rows: Array.from({ length: 10 }, (_, n) => [BigInt(n)]) });
  await session.schema(plainConventions).create(model.name, (t) => {
    t.column("id", type.bigint());
    for (const column of model.columns)
      t.column(column.name, logicalType(column), { nullable: column.nullable });
    t.primaryKey(["id"]);
  });
  await session.data().insert(model.name, {
    columns: ["id", ...model.columns.map(({ name }) => name)],
    rows: model.rows.map((row, index) => [
      BigInt(index),
      ...model.columns.map((column) => row.get(column) ?? null),
    ]),
  });
}

/** One more row, in which only what must be given is given: it shows the defaults. */
async function insertDefaults(session: Session, model: Model): Promise<void> {
  const given = model.columns.filter((column) => !column.nullable && column.default === null);
  const row = new Map(
    model.columns.map((column): [(typeof model.columns)[number], Value] => [
      column,
      given.includes(column) ? valueFor(column, 1) : column.default,
    ]),
  );
  await session.data().insert(model.name, {
    columns: ["id", ...given.map(({ name }) => name)],
    rows: [[BigInt(model.rows.length), ...given.map((column) => row.get(column) ?? null)]],
  });
  model.rows.push(row);
}

async function requireModel(session: Session, model: Model): Promise<void> {
  const table = await session.schema(plainConventions).table(model.name);
  expect(table.columns.map(({ name, nullable }) => [name, nullable])).to.deep.equal([
    ["id", false],
    ...model.columns.map(({ name, nullable }) => [name, nullable]),
  ]);
  const ours = (text: string | null): string | null => (session.dialect === "sqlite" ? null : text);
  expect(table.comment).to.equal(ours(model.comment));
  expect(table.columns.slice(1).map(({ comment }) => comment)).to.deep.equal(
    model.columns.map(({ comment }) => ours(comment)),
  );
  expect(table.primaryKey?.columns).to.deep.equal(["id", ...model.key.map(({ name }) => name)]);
  expect(namesOf(table)).to.deep.equal({
    uniques: [...model.uniques].map(([name, { name: column }]) => [name, ["id", column]]).toSorted(byName),
    indexes: [
      ...[...model.indexes].map(([name, { name: column }]) => [name, [column]]),
      ...[...model.expressions.keys()].map((name) => [name, [null, "id"]]),
    ].toSorted(byName),
    foreignKeys: [...model.foreignKeys].toSorted((a, b) => byName([a], [b])),
    checks: [...model.checks.keys()].toSorted((a, b) => byName([a], [b])),
  });
  const rows = await session.query(sql`SELECT * FROM ${sql.table(model.name)} ORDER BY id`);
  expect(rows.map((row) => Object.values(row))).to.deep.equal(
    model.rows.map((row, index) => [
      BigInt(index),
      ...model.columns.map((column) => row.get(column) ?? null),
    ]),
  );
}

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

function namesOf({ uniques, indexes, checks, foreignKeys }: Table): unknown {
  return {
    uniques: uniques.map((key) => [key.name, key.columns]).toSorted(byName),
    indexes: indexes.map((index) => [index.name, index.keys.map((key) => key.column)]).toSorted(byName),
    foreignKeys: foreignKeys.map(({ name }) => name ?? "").toSorted((a, b) => byName([a], [b])),
    checks: checks.map(({ name }) => name ?? "").toSorted((a, b) => byName([a], [b])),
  };
}

for (const kind of databases) {
  describe(`Random alterations of random tables, ${kind.title}`, () => {
    it("come to what the model says", async function () {
      this.timeout(600_000);
      const { database } = await openRepository((await kind.create()).url);
      let cases = 0;
      let refused = 0;
      const property = fc.asyncProperty(anyCase, async ({ columns, rows, alterations }) => {
        const run = database.transaction({ mode: "write" }, async (session) => {
          const model = startModel(columns, rows);
          await createModel(session, model);
          for (const choices of alterations) {
            const { name } = model;
            const steps = alterModel(model, choices);
            await session.schema(plainConventions).alter(name, (t) => {
              for (const step of steps) step(t);
            });
            await insertDefaults(session, model);
            await requireModel(session, model);
          }
          if (kind.dialect === "sqlite") {
            const check = await session.query(sql`SELECT integrity_check AS c FROM pragma_integrity_check`);
            expect(check).to.deep.equal([{ c: "ok" }]);
          }
          throw new Undone();
        });
        await run.catch((error: unknown) => {
          cases += 1;
          if (error instanceof RefusedError && error.code === "unsupported-alteration") {
            refused += 1;
            return;
          }
          if (!(error instanceof Undone)) throw error;
        });
      });
      try {
        const { MODEL_SEED: seed, MODEL_RUNS: runs = "300" } = process.env;
        await fc.assert(property, {
          numRuns: Number(runs),
          ...(seed === undefined ? {} : { seed: Number(seed) }),
        });
        expect(refused / cases).to.be.at.most(0.02);
      } finally {
        await database.close();
      }
    });
  });
}
