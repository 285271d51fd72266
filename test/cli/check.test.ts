import { expect } from "chai";
import { butlerConventions } from "../../lib/butler/conventions.js";
import { openRepository } from "../../lib/repository/open.js";
import { copyFixture } from "../support/fixtures.js";
import { runGodwit } from "../support/program.js";

async function withoutColumn(): Promise<string> {
  const { folder } = await copyFixture("current", "sqlite");
  const repository = await openRepository(folder);
  await repository.database.transaction({ mode: "write" }, (session) =>
    session.schema(butlerConventions).alter("exposure", (table) => table.dropColumn("can_see_sky")),
  );
  await repository.close();
  return folder;
}

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly results: readonly {
      readonly ruleId: string;
      readonly level: string;
      readonly message: { readonly text: string };
    }[];
  }[];
}

describe("godwit check", () => {
  it("ends with 0 where everything is as it should be", async () => {
    const { folder } = await copyFixture("current", "sqlite");
    const { status, stdout } = await runGodwit(["check", "--repo", folder]);
    expect(stdout).to.equal("Everything is as it should be.\n");
    expect(status).to.equal(0);
  });

  it("ends with 3 and tells table and object where it is not", async () => {
    const { status, stdout } = await runGodwit(["check", "--repo", await withoutColumn()]);
    expect(status).to.equal(3);
    expect(stdout).to.match(/exposure +column "can_see_sky" +BOOLEAN +nothing/);
  });

  it("ends with 3 while revisions are pending", async () => {
    const { folder } = await copyFixture("uuid-c7-ds021", "sqlite");
    const { status, stdout } = await runGodwit(["check", "--repo", folder]);
    expect(status).to.equal(3);
    expect(stdout).to.equal("1 revision is pending: godwit plan\n");
  });

  it("prints SARIF for tools that show findings", async () => {
    const { status, stdout } = await runGodwit([
      "check",
      "--format",
      "sarif",
      "--repo",
      await withoutColumn(),
    ]);
    expect(status).to.equal(3);
    const log = JSON.parse(stdout) as Sarif;
    expect(log.version).to.equal("2.1.0");
    const [result] = log.runs[0]?.results ?? [];
    expect(result).to.include({ ruleId: "drift", level: "error" });
    expect(result?.message.text).to.equal(
      'Table "exposure", column "can_see_sky": expected BOOLEAN, found nothing.',
    );
  });

  it("prints JUnit for CI systems", async () => {
    const { status, stdout } = await runGodwit([
      "check",
      "--format",
      "junit",
      "--repo",
      await withoutColumn(),
    ]);
    expect(status).to.equal(3);
    expect(stdout).to.include('<testsuites name="godwit check" tests="1" failures="1">');
    expect(stdout).to.include(
      'message="Table &quot;exposure&quot;, column &quot;can_see_sky&quot;: expected BOOLEAN, found nothing."',
    );
  });

  it("refuses a form that it does not know", async () => {
    const { status, stderr } = await runGodwit(["check", "--format", "xml", "--repo", "nowhere"]);
    expect(status).to.equal(2);
    expect(stderr).to.include("--format takes one of text, json, sarif, junit");
  });
});
