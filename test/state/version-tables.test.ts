/** The tables in which trees are recorded. */
import { expect } from "chai";
import { current, defineRevision, downgrade, stamp, upgrade } from "../../lib/index.js";
import type { RevisionDefinition } from "../../lib/index.js";
import { rejection } from "../catalog/files.js";
import { databases } from "../support/databases.js";
import { rowsOf, runStatements } from "../support/rows.js";

const nothing = async (): Promise<void> => {
  // Only what is recorded matters.
};

function revision(id: string, parent: RevisionDefinition["parent"], manager = "app"): RevisionDefinition {
  return defineRevision({ id, parent, manager, summary: id, up: nothing, down: nothing });
}

const diamond = [
  revision("aaaaaaaaaaaa", null),
  revision("bbbbbbbbbbbb", "aaaaaaaaaaaa"),
  revision("cccccccccccc", "aaaaaaaaaaaa"),
  revision("dddddddddddd", ["bbbbbbbbbbbb", "cccccccccccc"]),
];

/** As Alembic makes it. */
function createAlembicVersion(url: string, id: string): Promise<void> {
  return runStatements(url, [
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    `INSERT INTO alembic_version VALUES ('${id}')`,
  ]);
}

for (const kind of databases) {
  describe(`Version tables, ${kind.title}`, () => {
    it("have names that the database can hold, and each its own", async () => {
      const { url } = await kind.create();
      const long = "m".repeat(55);
      for (const [managers, message, hint] of [
        [
          [long],
          `The version table of manager "${long}" would be called "revision_${long}", which is longer than 63 bytes.`,
          "Give the manager a shorter name.",
        ],
        [
          ["a-b", "a_b"],
          'Managers "a-b" and "a_b" would share the version table "revision_a_b".',
          "Rename one of the two managers.",
        ],
      ] as const) {
        const revisions = managers.map((manager, at) => revision(`${at}aaaaaaaaaaa`, null, manager));
        const error = await rejection(upgrade(url, "heads", { revisions }));
        expect([error.code, error.message, error.hint]).to.deep.equal(["manager-name", message, hint]);
      }
      const longest = "m".repeat(54);
      await upgrade(url, "heads", { revisions: [revision("aaaaaaaaaaaa", null, longest)] });
      expect(await rowsOf(url, `SELECT revision FROM revision_${longest}`)).to.deep.equal([
        { revision: "aaaaaaaaaaaa" },
      ]);
    });

    it("hold each revision of a stamped merge once for each of its parents, and nothing of what is stamped base", async () => {
      const { url } = await kind.create();
      await stamp(url, ["dddddddddddd"], { revisions: diamond });
      const rows = await rowsOf(url, "SELECT revision, parent FROM revision_app ORDER BY revision, parent");
      expect(rows.map((row) => `${String(row["revision"])[0]} ${String(row["parent"])[0]}`)).to.deep.equal([
        "a n",
        "b a",
        "c a",
        "d b",
        "d c",
      ]);
      expect((await current(url, { revisions: diamond })).managers[0]?.revisions).to.deep.equal([
        "dddddddddddd",
      ]);
      await stamp(url, ["base"], { revisions: diamond });
      expect(await rowsOf(url, "SELECT revision FROM revision_app")).to.deep.equal([]);
      expect((await upgrade(url, "head", { revisions: diamond })).steps).to.have.length(4);
    });

    it("take over the ids that revisions replace, with the first step that follows", async () => {
      const { url } = await kind.create();
      await upgrade(url, "dddddddddddd", { revisions: diamond });
      await createAlembicVersion(url, "dddddddddddd");
      const squashed = [
        revision("aaaaaaaaaaaa", null),
        { ...revision("eeeeeeeeeeee", "aaaaaaaaaaaa"), replaces: ["bbbbbbbbbbbb", "cccccccccccc"] },
        { ...revision("ffffffffffff", "eeeeeeeeeeee"), replaces: ["dddddddddddd"] },
        revision("999999999999", "ffffffffffff"),
      ];
      const options = { revisions: squashed };
      expect((await current(url, options)).problems).to.deep.equal([]);
      expect((await upgrade(url, "head", options)).steps.map((step) => step.revision)).to.deep.equal([
        "999999999999",
      ]);
      const rows = await rowsOf(url, "SELECT revision, parent FROM revision_app ORDER BY seq");
      expect(rows.map((row) => `${String(row["revision"])[0]} ${String(row["parent"])[0]}`)).to.deep.equal([
        "a n",
        "e a",
        "f e",
        "9 f",
      ]);
      expect((await current(url, options)).problems).to.deep.equal([]);
      expect(await rowsOf(url, "SELECT version_num FROM alembic_version")).to.deep.equal([
        { version_num: "999999999999" },
      ]);
      expect((await downgrade(url, "base", options)).steps.map((step) => step.revision)).to.deep.equal([
        "999999999999",
        "ffffffffffff",
        "eeeeeeeeeeee",
        "aaaaaaaaaaaa",
      ]);
    });

    it("take over older ids before a step is undone, too", async () => {
      const { url } = await kind.create();
      await upgrade(url, "aaaaaaaaaaaa", { revisions: diamond });
      const revisions = [{ ...revision("bbbbbbbbbbbb", null), replaces: ["aaaaaaaaaaaa"] }];
      await downgrade(url, "base", { revisions });
      expect(await rowsOf(url, "SELECT revision FROM revision_app")).to.deep.equal([]);
    });

    it("of a tree that no folder has are told; a table of somebody else's may have such a name", async () => {
      const { url } = await kind.create();
      await runStatements(url, [
        "CREATE TABLE revision_notes (revision TEXT, remark TEXT)",
        "CREATE TABLE notes (seq INT, revision TEXT, parent TEXT, kind TEXT, applied_by TEXT)",
      ]);
      await upgrade(url, "head", { revisions: diamond });
      const others = [revision("eeeeeeeeeeee", null, "other")];
      const { problems } = await current(url, { revisions: others });
      expect(problems.map(({ code, message }) => [code, message])).to.deep.equal([
        ["unknown-tree", 'Table "revision_app" records revisions of a tree that no folder has.'],
      ]);
      expect((await rejection(upgrade(url, "head", { revisions: others }))).code).to.equal("inconsistent");
    });
  });
}
