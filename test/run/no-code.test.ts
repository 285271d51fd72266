/** Steps that cannot run, because nobody has written what they would do. */
import { expect } from "chai";
import { current, defineRevision, downgrade, type GodwitError, upgrade } from "../../lib/index.js";
import { rejection } from "../catalog/files.js";
import { databases } from "../support/databases.js";

const header = { manager: "app", summary: "A revision" } as const;
const nothing = async (): Promise<void> => {
  // There is nothing to do.
};

const root = defineRevision({ ...header, id: "aaaaaaaaaaaa", parent: null, placeholder: "the beginning" });
const first = defineRevision({
  ...header,
  id: "bbbbbbbbbbbb",
  parent: "aaaaaaaaaaaa",
  branch: "Class",
  version: "1.0",
  up: nothing,
});
const planned = defineRevision({
  ...header,
  id: "cccccccccccc",
  parent: "bbbbbbbbbbbb",
  version: "2.0",
  branch: "Class",
  placeholder: "made by hand so far",
});
const unwritten = defineRevision({ ...header, id: "dddddddddddd", parent: "cccccccccccc" });

const [kind] = databases;

async function refusal(work: Promise<unknown>): Promise<[string | undefined, string]> {
  const error = (await rejection(work)) as GodwitError;
  expect(error.exitCode).to.equal(4);
  return [error.code, error.message];
}

describe("A step without code", () => {
  it("is the root of a tree of classes: nothing is before it, so there is nothing to do", async () => {
    const { url } = await kind!.create();
    const revisions = [root, first];
    const { steps } = await upgrade(url, "head", { revisions });
    expect(steps.map(({ revision }) => revision)).to.deep.equal(["aaaaaaaaaaaa", "bbbbbbbbbbbb"]);
    expect((await current(url, { revisions })).problems).to.deep.equal([]);
  });

  it("is refused with the reason that its file gives, and with all others like it", async () => {
    const { url } = await kind!.create();
    const revisions = [root, first, planned, unwritten];
    const [code, message] = await refusal(upgrade(url, "head", { revisions }));
    expect(code).to.equal("no-code");
    expect(message.split("\n")).to.deep.equal([
      "app Class 2.0 (cccccccccccc): there is no code yet: made by hand so far",
      "app root (dddddddddddd): there is no code yet.",
    ]);
    expect((await current(url, { revisions })).managers[0]?.revisions).to.deep.equal([]);
  });

  it("is not undone: the file may say why, and need not", async () => {
    const { url } = await kind!.create();
    const forever = defineRevision({
      ...header,
      id: "cccccccccccc",
      parent: "bbbbbbbbbbbb",
      irreversible: "What was there is not kept.",
      up: nothing,
    });
    const revisions = [root, first, forever];
    await upgrade(url, "head", { revisions });
    expect(await refusal(downgrade(url, "-2", { revisions }))).to.deep.equal([
      "irreversible",
      [
        "app root (cccccccccccc) cannot be undone: What was there is not kept.",
        "app Class 1.0 (bbbbbbbbbbbb) cannot be undone: it has no way down.",
      ].join("\n"),
    ]);
  });

  it("is not undone either where what extends it has no way back", async () => {
    const { url } = await kind!.create();
    const made = { ...first, down: nothing };
    const extension = defineRevision({
      ...header,
      id: "eeeeeeeeeeee",
      parent: null,
      extends: "bbbbbbbbbbbb",
      up: nothing,
    });
    const revisions = [root, made, extension];
    await upgrade(url, "head", { revisions });
    const [code, message] = await refusal(downgrade(url, "-1", { revisions }));
    expect([code, message]).to.deep.equal([
      "irreversible",
      'app Class 1.0 (bbbbbbbbbbbb) cannot be undone: "A revision", which extends it: there is no way down.',
    ]);
  });
});
