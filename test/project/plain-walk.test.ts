import { expect } from "chai";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { databases } from "../support/databases.js";
import { temporaryFolder } from "../support/folders.js";
import { runGodwit } from "../support/program.js";

interface Document {
  readonly schema: number;
  readonly steps?: readonly { readonly revision: string; readonly direction: string }[];
  readonly managers?: readonly {
    readonly manager: string;
    readonly revisions: readonly string[];
    readonly pending: readonly string[];
  }[];
}

for (const kind of databases) {
  describe(`A project of one's own, from an empty folder, ${kind.title}`, () => {
    it("is made, gets revisions, goes up and down, and tells where it stands", async () => {
      const folder = await temporaryFolder();
      const { url } = await kind.create();
      const godwit = async (...args: readonly string[]): Promise<string> => {
        const { status, stdout, stderr } = await runGodwit(args, { cwd: folder, env: { GODWIT_REPO: url } });
        expect(status, `${args.join(" ")}: ${stderr}`).to.equal(0);
        return stdout;
      };
      const document = async (...args: readonly string[]): Promise<Document> =>
        JSON.parse(await godwit(...args, "--json")) as Document;

      await godwit("init");
      await godwit(
        "revision",
        "new",
        "app",
        "--kind",
        "static-table",
        "--table",
        "t",
        "--add-column",
        "a bigint",
      );
      await godwit(
        "revision",
        "new",
        "app",
        "--kind",
        "static-table",
        "--table",
        "t",
        "--add-column",
        "doc text null",
      );
      const files = await readdir(path.join(folder, "revisions", "app"));
      expect(files).to.have.length(2);

      const up = await document("upgrade", "head");
      expect(up.schema).to.equal(1);
      expect(up.steps?.map(({ direction }) => direction)).to.deep.equal(["up", "up"]);
      const [first, second] = up.steps ?? [];

      const current = await document("current");
      expect(
        current.managers?.map(({ manager, revisions, pending }) => [manager, revisions, pending]),
      ).to.deep.equal([["app", [second?.revision], []]]);

      const down = await document("downgrade", "-1");
      expect(down.steps?.map(({ revision, direction }) => [revision, direction])).to.deep.equal([
        [second?.revision, "down"],
      ]);

      const history = await godwit("history", "-i");
      expect(history).to.include(`@ ${first?.revision}`).and.include(`+ ${second?.revision}`);
    });
  });
}
