/** What a check found, in the forms that CI systems read. */
import { expect } from "chai";
import type { CheckReport } from "../../lib/api/check.js";
import { junitOf, sarifOf } from "../../lib/cli/render/findings.js";
import { clean, drift } from "./reports.js";

const dirty: CheckReport = {
  ok: false,
  pending: ["aaaaaaaaaaaa"],
  problems: [{ code: "alembic-disagrees", message: 'It lacks "x" & <y>.\u0001', hint: null }],
  drift: [
    drift,
    {
      ...drift,
      table: "",
      object: "extension",
      expected: null,
      found: "btree",
      class: "variation",
      reason: "known",
      explanation: "old",
    },
  ],
  rows: [
    {
      code: "dangling",
      message: "1 row.",
      table: "run",
      object: "foreign key",
      count: 1,
      examples: ["id 1", "id 2"],
    },
    { code: "missing", message: "2 files.", table: "datastore", object: "files", count: 2, examples: [] },
  ],
};
const uri = "postgresql://me:secret@host/db";

describe("Findings for CI", () => {
  it("are told in SARIF with rule, level and place, and without the password", () => {
    const text = sarifOf(dirty, uri);
    expect(text).to.not.include("secret");
    const [run] = (
      JSON.parse(text) as {
        runs: {
          tool: { driver: { rules: { id: string }[] } };
          results: { ruleId: string; ruleIndex: number; level: string; message: { text: string } }[];
        }[];
      }
    ).runs;
    expect(
      run?.results.map(({ ruleId, level, message }) => `${ruleId} ${level} ${message.text}`),
    ).to.deep.equal([
      "pending warning Revision aaaaaaaaaaaa is pending.",
      'alembic-disagrees error It lacks "x" & <y>.\u0001',
      'drift error Table "visit", column "day": expected BIGINT, found nothing.',
      "known note extension: expected nothing, found btree (old).",
      "dangling error 1 row. id 1; id 2",
      "missing error 2 files.",
    ]);
    for (const { ruleId, ruleIndex } of run?.results ?? [])
      expect(run?.tool.driver.rules[ruleIndex]?.id).to.equal(ruleId);
    expect(text).to.include("postgresql://host/db#visit");
  });

  it("are told in JUnit as cases that fail, one that passes where there are none, and no notes", () => {
    const text = junitOf(dirty, uri);
    expect(text.match(/<failure /g)).to.have.length(5);
    expect(text)
      .to.include("It lacks &quot;x&quot; &amp; &lt;y&gt;. ")
      .and.not.include("btree")
      .and.not.include("secret");
    expect(junitOf(clean, uri)).to.include('tests="1" failures="0"').and.not.include("<failure");
  });
});
