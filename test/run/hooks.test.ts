/** Hooks of the configuration around steps: `hooks.beforeStep`, `hooks.afterStep`, `hooks.onEvent`. */
import { expect } from "chai";
import { current, defineRevision, downgrade, openRepository, script, sql, upgrade } from "../../lib/index.js";
import type { RevisionDefinition, Row } from "../../lib/index.js";
import { folderWith, rejection } from "../catalog/files.js";
import { databases } from "../support/databases.js";

const root = defineRevision({
  id: "aaaaaaaaaaaa",
  parent: null,
  manager: "app",
  summary: "Keep notes",
  async up(context) {
    await context.execute(sql`CREATE TABLE done (what TEXT)`, { table: "done", cost: "metadata" });
  },
  async down({ schema }) {
    await schema.drop("done");
  },
});

const inParts = defineRevision({
  id: "bbbbbbbbbbbb",
  parent: "aaaaaaaaaaaa",
  manager: "app",
  version: "1.0",
  branch: "Notes",
  summary: "Go in parts",
  execution: { transactional: false },
  async up(context) {
    await context.substep("one", () => note(context, "one"));
    await context.substep("two", () => note(context, "two"));
  },
  async down(context) {
    await note(context, "down");
  },
});

const revisions: readonly RevisionDefinition[] = [root, inParts];

async function note(
  context: Parameters<NonNullable<RevisionDefinition["up"]>>[0],
  what: string,
): Promise<void> {
  await context.execute(sql`INSERT INTO done VALUES (${what})`, { table: "done", cost: "rewrite" });
}

/** A configuration whose hooks write into the table of the revisions. */
const configuration = `
import { sql } from "godwit";
const write = (what) => async (step, context) => {
  if (step.revision === "aaaaaaaaaaaa") return;
  const text = [what, step.direction, step.manager, step.branch, step.version].join(" ");
  await context.execute(sql\`INSERT INTO done VALUES (\${text})\`, { table: "done", cost: "rewrite" });
};
export const heard = (globalThis.heardByHooks ??= []);
export default {
  hooks: {
    beforeStep: write("before"),
    afterStep: write("after"),
    onEvent: (event) => {
      heard.push(event.kind);
      if (event.kind === "step-done") throw new Error("deaf");
    },
  },
};
`;

async function notes(url: string): Promise<unknown[]> {
  const repository = await openRepository(url);
  try {
    const rows: Row[] = await repository.database.session((session) =>
      session.query(sql`SELECT what FROM done`),
    );
    return rows.map(({ what }) => what);
  } finally {
    await repository.close();
  }
}

for (const kind of databases) {
  describe(`Hooks around steps, ${kind.title}`, () => {
    it("write in the transaction of the step, once, on the way up and down", async () => {
      const { url } = await kind.create();
      const folder = await folderWith({ "godwit.config.js": configuration });
      const stop = new Error("stopped by the test");
      const options = { folder, revisions };
      await rejection(
        upgrade(url, "head", {
          ...options,
          onPause: (point) => {
            if (point === "substep:one bbbbbbbbbbbb") throw stop;
          },
        }),
      );
      expect(await notes(url)).to.deep.equal(["before up app Notes 1.0", "one"]);
      await upgrade(url, "head", options);
      const up = ["before up app Notes 1.0", "one", "two", "after up app Notes 1.0"];
      expect(await notes(url)).to.deep.equal(up);
      await downgrade(url, "-1", options);
      expect(await notes(url)).to.deep.equal([...up, "before down app  ", "down", "after down app  "]);
    });

    it("take the step back where they fail, and say which", async () => {
      const { url } = await kind.create();
      const folder = await folderWith({
        "godwit.config.js": 'export default { hooks: { afterStep: () => { throw new Error("no luck"); } } };',
      });
      const error = await rejection(upgrade(url, "head", { folder, revisions }));
      expect(error.message).to.contain("hooks.afterStep").and.contain("no luck").and.contain("aaaaaaaaaaaa");
      const { managers } = await current(url, { folder, revisions });
      expect(managers.flatMap((one) => one.revisions)).to.deep.equal([]);
      expect((await rejection(notes(url))).message).to.match(/done/);
    });

    it("are told by what they throw, whatever that is, and keep the code of a refusal", async () => {
      const { url } = await kind.create();
      const failing = async (thrown: string): Promise<Error & { code?: string }> => {
        const folder = await folderWith({
          "godwit.config.js": `import { RefusedError } from "godwit";
            export default { hooks: { beforeStep: () => { throw ${thrown}; } } };`,
        });
        return rejection(upgrade(url, "head", { folder, revisions }));
      };
      expect((await failing('"the moon"')).message)
        .to.contain("failed")
        .and.contain("the moon");
      const refused = await failing('new RefusedError("no-moon", "There is no moon.")');
      expect([refused.code, refused.message]).to.deep.equal(["no-moon", "There is no moon."]);
    });

    it("stand in a script", async () => {
      const { url } = await kind.create();
      const folder = await folderWith({ "godwit.config.js": configuration });
      await upgrade(url, "aaaaaaaaaaaa", { folder, revisions });
      const single = { ...inParts, execution: { transactional: true } };
      const text = await script(url, "up", ["head"], { folder, revisions: [root, single] });
      expect(text).to.contain("before up app Notes 1.0").and.contain("after up app Notes 1.0");
    });
  });
}

describe("A hook that is told events", () => {
  it("hears of all of them, and is told of as a warning where it fails", async () => {
    const url = (await databases[0]?.create())?.url ?? "";
    const folder = await folderWith({ "godwit.config.js": configuration });
    const heard: string[] = [];
    await upgrade(url, "head", {
      folder,
      revisions,
      onEvent: (event) => heard.push(event.kind === "warning" ? event.message : event.kind),
    });
    const { heardByHooks } = globalThis as unknown as { heardByHooks: string[] };
    expect(heardByHooks).to.include.members(["plan", "step-started", "statement", "step-done"]);
    expect(heard.filter((one) => one.includes("deaf"))).to.have.length(2);
  });
});
