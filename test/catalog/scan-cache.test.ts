import { readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import type { Header } from "../../lib/catalog/header.js";
import { scanRevisions } from "../../lib/catalog/scan.js";
import { folderWith, revisionText, writeFiles } from "./files.js";

const longAgo = new Date("2020-01-01T00:00:00Z");

/** A place with as many files as make a cache worth while, all of them old. */
async function bigPlace(): Promise<string> {
  const names = Array.from({ length: 120 }, (_one, at) => at.toString(16).padStart(12, "0"));
  const texts = names.map((id, at) => [
    `app/${id}_file.ts`,
    revisionText({ id, parent: names[at - 1] ?? null }),
  ]);
  const folder = await folderWith({ ...Object.fromEntries(texts), "app/shared.ts": "export {};\n" });
  for (const file of await readdir(path.join(folder, "app"))) {
    await utimes(path.join(folder, "app", file), longAgo, longAgo);
  }
  return folder;
}

async function scan(folder: string, cache: string): Promise<Header[]> {
  const place = { folder, presence: "required" } as const;
  return scanRevisions([place], { environment: { XDG_CACHE_HOME: cache } });
}

async function cacheFiles(cache: string): Promise<string[]> {
  const names = await readdir(path.join(cache, "godwit"));
  return names.map((name) => path.join(cache, "godwit", name));
}

describe("The cache of the scan", () => {
  it("gives what the files say, also after one was changed, added or removed", async () => {
    const [folder, cache] = [await bigPlace(), await folderWith({})];
    const first = await scan(folder, cache);
    expect(await scan(folder, cache)).to.deep.equal(first);
    expect(first).to.deep.equal(await scan(folder, await folderWith({})));

    await writeFiles(folder, {
      "app/000000000005_file.ts": revisionText({
        id: "000000000005",
        parent: "000000000004",
        summary: "Changed",
      }),
      "app/0000000000ff_new.ts": revisionText({ id: "0000000000ff", parent: "000000000077" }),
    });
    await rm(path.join(folder, "app/000000000010_file.ts"));
    const second = await scan(folder, cache);
    expect(JSON.stringify(second))
      .to.contain("Changed")
      .and.to.contain("0000000000ff_new.ts")
      .and.not.to.contain("000000000010_file.ts");
    expect(second).to.deep.equal(await scan(folder, await folderWith({})));
  });

  it("is used: a file of the same size and times is not read again", async () => {
    const [folder, cache] = [await bigPlace(), await folderWith({})];
    await scan(folder, cache);
    const [file = ""] = await cacheFiles(cache);
    const before = await readFile(file, "utf8");
    await scan(folder, cache);
    expect(await readFile(file, "utf8"))
      .to.equal(before)
      .and.to.contain("00000000003c_file.ts");
  });

  const damages: readonly (readonly [string, (text: string) => string])[] = [
    ["is cut off", (text) => text.slice(0, text.length / 2)],
    ["is empty", () => ""],
    ["says something else about a file", (text) => text.replaceAll("A revision", "B revision")],
    ["is of another version", (text) => text.replace(/"scanner":"[^"]*"/, '"scanner":"0"')],
  ];
  for (const [what, damage] of damages) {
    it(`changes nothing when it ${what}`, async () => {
      const [folder, cache] = [await bigPlace(), await folderWith({})];
      const first = await scan(folder, cache);
      for (const file of await cacheFiles(cache)) await writeFile(file, damage(await readFile(file, "utf8")));
      expect(await scan(folder, cache)).to.deep.equal(first);
    });
  }

  it("changes nothing when its folder cannot be written", async () => {
    const folder = await bigPlace();
    const blocked = path.join(await folderWith({ file: "" }), "file");
    expect(await scan(folder, blocked)).to.have.length(120);
  });

  it("keeps an error from being forgotten", async () => {
    const [folder, cache] = [await bigPlace(), await folderWith({})];
    await writeFiles(folder, { "app/000000000005_file.ts": "export const a = ;\n" });
    for (let times = 0; times < 2; times += 1) {
      let message = "";
      await scan(folder, cache).catch((error: unknown) => (message = String(error)));
      expect(message).to.contain("000000000005_file.ts:1");
    }
  });
});
