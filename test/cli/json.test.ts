import { expect } from "chai";
import { Ajv } from "ajv";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { runHere } from "../support/printed.js";

const folder = new URL("../../../lib/cli/json/", import.meta.url);

/** Everything on standard output is one document, and is as its schema says. */
async function requireDocument(schema: string, args: readonly string[], exitCode = 0): Promise<void> {
  const { status, out, err } = await runHere(...args, "--json");
  expect(status, `${args.join(" ")}: ${err}${out}`).to.equal(exitCode);
  const document: unknown = JSON.parse(out);
  expect(Object.keys(document as object)[0]).to.equal("schema");
  const text = await readFile(new URL(`${schema}.json`, folder), "utf8");
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(text) as object);
  expect(validate(document), JSON.stringify(validate.errors, null, 2)).to.equal(true);
}

for (const dialect of ["sqlite", "postgres"] as const) {
  describe(`Documents for programs, ${dialect}`, () => {
    it("are as their schemas say, for every command of a migration", async () => {
      const { folder: repository } = await copyFixture("uuid-c6-synth", dialect);
      const repo = ["--repo", repository];
      await requireDocument("current", ["current", ...repo]);
      await requireDocument("plan", ["plan", ...repo]);
      const schema = dialect === "sqlite" ? [] : ["--schema", "copy"];
      await requireDocument("copy", [
        "copy",
        repository,
        path.join(await temporaryFolder(), "copy"),
        ...schema,
      ]);
      await requireDocument("rehearsal", ["rehearse", "datasets@head", ...repo]);
      await requireDocument("check", ["check", "--deep", ...repo], 3);
      await requireDocument("repair", ["repair", "--plan", ...repo]);
      await requireDocument("repair", ["repair", ...repo]);
      await requireDocument("run", ["upgrade", ...repo]);
      await requireDocument("history", ["history", "-i", ...repo]);
      await requireDocument("run", ["downgrade", "-1", ...repo]);
      await requireDocument("history", ["history", "--applied", ...repo]);
      await requireDocument("run", ["stamp", ...repo]);
      await requireDocument("format", ["format", ...repo]);
      await requireDocument("format-list", ["format", "--list", ...repo]);
      await requireDocument("format-diff", ["format", "--diff", repository, repository]);
      await requireDocument("butler-dump-schema", ["butler", "dump-schema", ...repo]);
      await requireDocument("butler-set-namespace", ["butler", "set-namespace", ...repo]);
      await requireDocument("butler-update-day-obs", ["butler", "update-day-obs", "HSC", ...repo]);
      if (dialect === "sqlite")
        await requireDocument("butler-rewrite-sqlite-registry", [
          "butler",
          "rewrite-sqlite-registry",
          ...repo,
        ]);
      await requireDocument("error", ["upgrade", "nosuch", ...repo], 2);
    });
  });
}

describe("Documents for programs", () => {
  for (const args of [["history"], ["heads"], ["branches"], ["show", "4e2d7a28475b"]]) {
    it(`are as their schema says for ${args.join(" ")}`, () => requireDocument("history", args));
  }
});
