import { expect } from "chai";
import { existsSync } from "node:fs";
import { mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { current, GodwitError, upgrade } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import { runGodwit } from "../support/program.js";

async function failure(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

/** A level of ten references to the level below, a few times over. */
function yamlBomb(): string {
  const levels = Array.from({ length: 9 }, (_value, level) => {
    const below = level === 0 ? "x" : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array.from({ length: 10 }, () => below).join(", ")}]`;
  });
  return `${levels.join("\n")}\n`;
}

describe("A repository that is not to be trusted", () => {
  it("runs no code: neither a configuration nor revisions that lie in it", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const proof = path.join(folder, "was-run");
    const code = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(proof)}, "x"); export default {};`;
    for (const name of ["godwit.config.ts", "godwit.config.js", "godwit.config.mjs"]) {
      await writeFile(path.join(folder, name), code);
    }
    await writeFile(path.join(folder, "godwit.config.json"), JSON.stringify({ revisions: ["./revisions"] }));
    await mkdir(path.join(folder, "revisions", "datasets"), { recursive: true });
    await writeFile(path.join(folder, "revisions", "datasets", "aaaaaaaaaaaa_evil.ts"), code);
    await mkdir(path.join(folder, "below"));
    for (const cwd of [folder, path.join(folder, "below")]) {
      for (const args of [["current"], ["plan"], ["upgrade"], ["history"], ["check"]]) {
        const { stderr } = await runGodwit([...args, "--repo", folder], { cwd });
        expect(existsSync(proof), `${args.join(" ")}: ${stderr}`).to.equal(false);
      }
    }
  });

  const configurations: readonly { readonly what: string; readonly text: string }[] = [
    { what: "references that grow without end", text: yamlBomb() },
    { what: "a tag of Python", text: 'registry: !!python/object/apply:os.system ["touch was-run"]\n' },
    { what: "a tag of JavaScript", text: "registry: !!js/function 'function () { return 1; }'\n" },
    { what: "a reference to itself", text: "registry: &a [*a]\n" },
    { what: "bytes that are no text", text: "\u0000\u0001\uFFFF" },
    { what: "very deep nesting", text: `a: ${"[".repeat(20_000)}` },
  ];
  for (const { what, text } of configurations) {
    it(`is refused with a clear error where its configuration holds ${what}`, async () => {
      const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
      await writeFile(path.join(folder, "butler.yaml"), text);
      const began = performance.now();
      const { status, stderr } = await runGodwit(["current", "--repo", folder]);
      expect(performance.now() - began).to.be.lessThan(20_000);
      expect([2, 4], stderr).to.include(status);
      expect(stderr).to.include("butler.yaml").and.not.include("defect");
      expect(existsSync(path.join(folder, "was-run"))).to.equal(false);
    });
  }

  it("changes nothing of the program itself by keys such as __proto__", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const file = path.join(folder, "butler.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, `__proto__:\n  polluted: 1\nconstructor:\n  prototype:\n    polluted: 1\n${text}`);
    await upgrade(folder, "datasets@head");
    expect((await current(folder)).problems).to.deep.equal([]);
    expect(({} as Record<string, unknown>)["polluted"]).to.equal(undefined);
  });

  for (const bytes of [0, 50, 100, 1024, 5000, 100_000]) {
    it(`is refused with a clear error where only ${bytes} bytes of its database are left, which stay as they are`, async () => {
      const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
      const file = path.join(folder, "gen3.sqlite3");
      await truncate(file, bytes);
      const before = await readFile(file);
      for (const work of [() => current(folder), () => upgrade(folder)]) {
        const error = await failure(work());
        expect(error.exitCode, error.message).to.be.oneOf([1, 2, 4]);
        expect(error.message).to.include("gen3.sqlite3");
      }
      expect(await readFile(file)).to.deep.equal(before);
    });
  }

  it("is refused with a clear error where pages of its database are overwritten", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const file = path.join(folder, "gen3.sqlite3");
    const bytes = await readFile(file);
    for (let at = 4096; at < bytes.length; at += 3000) bytes.write("garbage".repeat(40), at, "latin1");
    await writeFile(file, bytes);
    const error = await failure(upgrade(folder));
    expect(error.exitCode, error.message).to.be.oneOf([1, 2, 4]);
    expect(await readFile(file)).to.deep.equal(bytes);
  });
});

describe("Numbers and words that are out of all bounds", () => {
  for (const args of [
    ["upgrade", "--lock-timeout", "1e999"],
    ["upgrade", "--lock-timeout", "-1"],
    ["upgrade", "+99999999999999999999999"],
    ["downgrade", "--", "-99999999999999999999999"],
    ["upgrade", "x".repeat(100_000)],
    ["upgrade", "nul\u0001byte"],
    ["history", "-r", ":".repeat(1000)],
  ]) {
    it(`are refused: ${args.join(" ").slice(0, 60)}`, async () => {
      const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
      const { status, stderr } = await runGodwit([...args.slice(0, 1), "--repo", folder, ...args.slice(1)]);
      expect([2, 4], stderr.slice(0, 2000)).to.include(status);
      expect(stderr).not.to.include("defect");
    });
  }
});
