import { expect } from "chai";
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { editManagers } from "../../../lib/butler/config/edit.js";
import { makeEdits, neededEdits } from "../../../lib/butler/config/write.js";
import { temporaryFolder } from "../../support/folders.js";

const before = "lsst.daf.butler.registry.datasets.byDimensions.ByDimensionsDatasetRecordStorageManager";
const after = `${before}UUID`;
const obscore = "lsst.daf.butler.registry.obscore._manager.ObsCoreLiveTableManager";

/** Files in which only the class changes. */
const spliced: Readonly<Record<string, string>> = {
  "comments and blank lines": `# top\n\nregistry:  # r\n  db: x # é 😀\n\n  managers:\n    # about datasets\n    datasets: ${before}   # keep me\n    dimensions: d.E\n`,
  "aligned columns": `registry:\n  managers:\n    collections:   a.b.C\n    datasets:      ${before}\n    dimensions:    d.E\n`,
  "line breaks of Windows": `registry:\r\n  managers:\r\n    datasets: ${before}\r\n    dimensions: d.E\r\n`,
  "a byte order mark": `\u{feff}registry:\r\n  managers:\r\n    datasets: "${before}" # c\r\n`,
  "an include beside it": `datastore: !include datastore.yaml\nregistry:\n  managers:\n    datasets: ${before}\n  engines: !include [a.yaml, b.yaml]\n`,
  "a map in braces": `registry: {db: "x", managers: {collections: a.b.C, datasets: ${before}, dimensions: 'd.E'}}\n`,
  "a map in braces on several lines": `registry:\n  managers: {\n    collections: a.b.C,\n    datasets: '${before}', # c\n    dimensions: 'd.E'\n  }\n`,
  JSON: `{"registry": {"managers": {"datasets": "${before}", "dimensions": "d.E"}}}`,
  "a class with a configuration": `registry:\n  managers:\n    datasets:\n      cls: ${before}\n      config: {a: 1}\n`,
  "an anchor": `registry:\n  managers:\n    datasets: &ds ${before}\n`,
  "a folded text": `registry:\n  managers:\n    datasets: >-\n      ${before}\n    dimensions: d.E\n`,
  "a literal text": `registry:\n  managers:\n    datasets: |-\n      ${before}\n    dimensions: d.E\n`,
  "the class on the next line": `registry:\n  managers:\n    datasets:\n      ${before}  # c\n    dimensions: d.E\n`,
  "a tag": `registry:\n  managers:\n    datasets: !!str ${before}\n`,
  "a key in quotes": `registry:\n  managers:\n    "datasets" : ${before}\n`,
  "an explicit key": `registry:\n  managers:\n    ? datasets\n    : ${before}\n`,
  "directives and an end": `%YAML 1.1\n---\nregistry:\n  managers:\n    datasets: ${before}\n...\n`,
  "no line break at the end": `registry:\n  managers:\n    datasets: ${before}`,
  "tabs before the comment": `registry:\n  managers:\n    datasets:\t${before}\t# tab\n`,
};

/** Files that have to be edited by hand, with why. */
const byHand: Readonly<Record<string, readonly [text: string, reason: RegExp]>> = {
  "an included section": [
    "registry:\n  managers: !include managers.yaml\n",
    /`managers` comes from the included file managers.yaml/,
  ],
  "an included registry": ["registry: !include registry.yaml\n", /included file/],
  "an included class": ["registry:\n  managers:\n    datasets: !include d.yaml\n", /comes from elsewhere/],
  "no section": ["registry:\n  db: x\n", /no map `managers`/],
  "an empty section": ["registry:\n  managers: {}\n", /empty/],
  "a class with escapes": [
    `registry:\n  managers:\n    datasets: "\\x6c${before.slice(1)}"\n`,
    /form that is not known/,
  ],
};

type Parsed = { registry: { managers: Record<string, unknown> } };

describe("The classes that butler.yaml names", () => {
  for (const [what, text] of Object.entries(spliced)) {
    it(`change alone in a file with ${what}: every other byte stays`, () => {
      const result = editManagers(text, { manager: "datasets", classPath: after }, "butler.yaml");
      expect(result).to.deep.equal({ kind: "edited", text: text.replace(before, after) });
    });
  }

  for (const [what, [text, reason]] of Object.entries(byHand)) {
    it(`are left to be edited by hand where there is ${what}`, () => {
      const result = editManagers(text, { manager: "datasets", classPath: after }, "butler.yaml");
      expect(result.kind).to.equal("by-hand");
      expect(result).to.have.property("reason").that.matches(reason);
    });
  }

  it("take the place of an alias, and overrule what is merged", () => {
    for (const section of ["    datasets: *ds\n", "    <<: *all\n"]) {
      const text = `base: &all\n  datasets: &ds ${before}\nregistry:\n  managers:\n${section}    dimensions: d.E\n`;
      const result = editManagers(text, { manager: "datasets", classPath: after }, "butler.yaml");
      if (result.kind !== "edited") throw new Error(result.reason);
      const found = parse(result.text, { merge: true }) as Parsed & { base: unknown };
      expect(found.registry.managers).to.include({ datasets: after, dimensions: "d.E" });
      expect(found.base).to.deep.equal({ datasets: before });
    }
  });

  for (const [what, text] of Object.entries(spliced)) {
    if (what === "an explicit key" || what.startsWith("an include")) continue;
    it(`gain ObsCore's, and lose it again, in a file with ${what}`, () => {
      const added = editManagers(text, { manager: "obscore", classPath: obscore }, "butler.yaml");
      if (added.kind !== "edited") throw new Error(added.reason);
      expect((parse(added.text) as Parsed).registry.managers).to.deep.equal({
        ...(parse(text) as Parsed).registry.managers,
        obscore,
      });
      const removed = editManagers(added.text, { manager: "obscore", classPath: null }, "butler.yaml");
      expect(removed).to.deep.equal({ kind: "edited", text });
    });
  }

  it("are not said to be gone where they come from elsewhere", () => {
    const text = `base: &all {obscore: ${obscore}}\nregistry:\n  managers:\n    <<: *all\n    dimensions: d.E\n`;
    expect(editManagers(text, { manager: "obscore", classPath: null }, "butler.yaml").kind).to.equal(
      "by-hand",
    );
  });

  it("have to be named where no release has them by default", () => {
    const named = "lsst.daf.butler.registry.collections.nameKey.NameKeyCollectionManager";
    const stored = new Map([
      ["collections", named],
      ["datasets", after],
    ]);
    expect(neededEdits(new Map(), stored)).to.deep.equal([{ manager: "collections", classPath: named }]);
  });

  it("change in the file together with a copy of it, which keeps its permissions; a file that is no UTF-8 is left alone", async () => {
    const folder = path.join(await temporaryFolder(), "repository");
    mkdirSync(folder);
    const file = path.join(folder, "butler.yaml");
    const text = `registry:\n  managers:\n    datasets: ${before}\n`;
    writeFileSync(file, text);
    chmodSync(file, 0o640);
    const edits = [{ manager: "datasets", classPath: after }];
    const [edit] = makeEdits(file, edits);
    expect(edit).to.include({ outcome: "done", backup: `${file}.backup-1` });
    expect(readFileSync(file, "utf8")).to.equal(text.replace(before, after));
    expect(statSync(file).mode & 0o777).to.equal(0o640);
    expect(readFileSync(`${file}.backup-1`, "utf8")).to.equal(text);
    const latin = Buffer.concat([Buffer.from(text), Buffer.from("# caf\xe9\n", "latin1")]);
    writeFileSync(file, latin);
    const [refused] = makeEdits(file, edits);
    expect(refused?.description).to.match(/by hand, as it is not UTF-8/);
    expect(readFileSync(file).equals(latin)).to.equal(true);
    expect(readdirSync(folder).toSorted()).to.deep.equal(["butler.yaml", "butler.yaml.backup-1"]);
  });
});
