/** What the code of a revision can ask. */
import { expect } from "chai";
import {
  defineRevision,
  foreignKeyIndex,
  offlineScript,
  plan,
  type RevisionDefinition,
  sql,
  type,
  upgrade,
} from "../../lib/index.js";
import { tablesOfFamily } from "../../lib/run/families.js";
import { rejection } from "../catalog/files.js";
import { databases } from "../support/databases.js";
import { copyFixture } from "../support/fixtures.js";

function single(up: NonNullable<RevisionDefinition["up"]>): RevisionDefinition[] {
  return [defineRevision({ id: "aaaaaaaaaaaa", parent: null, manager: "app", summary: "Ask", up })];
}

const askFamily = single(async (context) => {
  for await (const table of context.tables("nosuch")) context.report(table);
});

describe("The tables of a family", () => {
  it("are asked for by a name that there is: a plain database has none", async () => {
    const { url } = await databases[0]!.create();
    const error = await rejection(upgrade(url, "head", { revisions: askFamily }));
    expect([error.code, error.hint]).to.deep.equal(["unknown-family", "It has none."]);
  });

  it("are named where one asks for another", async () => {
    const { folder } = await copyFixture("current", "sqlite");
    const error = await rejection(upgrade(folder, "app@head", { revisions: askFamily }));
    expect(error.code).to.equal("unknown-family");
    expect(error.hint).to.include("dataset_tags_*");
  });

  it("are those that are in the database", () => {
    const family = { name: "tags", recorded: ["t1", "t2"], missing: ["t1"] };
    expect(tablesOfFamily([family as never], "tags")).to.deep.equal(["t2"]);
  });
});

for (const kind of databases) {
  it(`The index of a foreign key is found by its columns, ${kind.title}`, async () => {
    const found: (string | null)[] = [];
    const { url } = await kind.create();
    const revisions = single(async (context) => {
      await context.schema.create("parent", (table) => {
        table.column("id", type.bigint(), { nullable: false });
        table.primaryKey(["id"]);
      });
      await context.schema.create("child", (table) => {
        table.column("parent_id", type.bigint());
        table.column("other_id", type.bigint());
        table.foreignKey(["parent_id"], { table: "parent", columns: ["id"] });
      });
      const index = await foreignKeyIndex(context, "child", ["parent_id"]);
      if (index === null) await context.schema.alter("child", (table) => table.addIndex(["parent_id"]));
      if (context.mode === "run")
        for (const column of ["parent_id", "other_id"])
          found.push(await foreignKeyIndex(context, "child", [column]));
    });
    await upgrade(url, "head", { revisions });
    expect(found[0]).to.match(/child.*parent_id/);
    expect(found[1]).to.equal(null);
  });
}

for (const kind of databases) {
  it(`The methods of a context may be taken off it, ${kind.title}`, async () => {
    const { url } = await kind.create();
    const told: string[] = [];
    const revisions = single(async ({ mode, schema, data, query, execute, report, progress, substep }) => {
      await schema.create("t", (table) => table.column("n", type.bigint()));
      await data.insert("t", { columns: ["n"], rows: [[1n]] });
      await execute(sql`UPDATE ${sql.table("t")} SET n = 2`, { table: "t", cost: "rewrite" });
      await substep("more", async () => undefined);
      progress({ what: "rows", rows: 1n, total: 1n });
      if (mode === "run")
        report(`n is ${String((await query(sql`SELECT n FROM ${sql.table("t")}`))[0]?.["n"])}`);
    });
    const planned = await plan(url, "up", ["head"], { revisions });
    expect(planned.steps[0]?.statements.join("\n")).to.include("CREATE TABLE").and.include("UPDATE");
    expect(await offlineScript(kind.dialect, "up", "base:head", { revisions })).to.include("UPDATE");
    await upgrade(url, "head", {
      revisions,
      onEvent: (event) => void (event.kind === "report" && told.push(event.message)),
    });
    expect(told).to.deep.equal(["n is 2"]);
  });
}
