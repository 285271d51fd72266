/** The commands of `docs/authoring.md`, run one after the other; what they print is compared with what the page says. */
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";
import { runGodwit } from "../support/program.js";

/** What a block of the page holds: commands with what they print, or functions to be written into the newest file. */
type Part =
  | { readonly kind: "command"; readonly command: string; readonly output: string }
  | { readonly kind: "functions"; readonly code: string };

async function partsOfGuide(): Promise<Part[]> {
  const guide = await readFile(new URL("../../../docs/authoring.md", import.meta.url), "utf8");
  return [...guide.matchAll(/```(console|ts)\n([^]*?)```/g)].flatMap(([, language, text = ""]): Part[] => {
    if (language === "ts") return text.startsWith("function") ? [{ kind: "functions", code: text }] : [];
    return text
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = "", ...output] = part.split("\n");
        return { kind: "command", command, output: output.join("\n").trimEnd() };
      });
  });
}

/** Splits a command as a shell does where there are only plain words and single quotes. */
function words(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

/** Ids that are random, by the order in which they occur. */
function withNumbers(known: Map<string, string>, text: string): string {
  return text.replace(/(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])/g, (id) => {
    if (!known.has(id)) known.set(id, `ID${known.size}`);
    return known.get(id) ?? "";
  });
}

describe("The guide for authors", () => {
  it("has commands that print in their order what it says", async function () {
    this.timeout(240_000);
    const start = await temporaryFolder();
    const { folder } = await copyFixture("current", "sqlite");
    const env: Record<string, string> = {};
    const [here, there] = [new Map<string, string>(), new Map<string, string>()];
    let cwd = start;
    let newest = "";
    for (const part of await partsOfGuide()) {
      if (part.kind === "functions") {
        await replaceFunctions(newest, part.code);
        continue;
      }
      const [program = "", ...rest] = words(part.command.replaceAll("/repo/main", folder));
      if (program === "cd") cwd = path.join(cwd, rest[0] ?? "");
      else if (program === "export") {
        const [name = "", value = ""] = (rest[0] ?? "").split("=");
        env[name] = value;
      } else {
        const printed = program === "cat" ? await readNamed(cwd, rest[0] ?? "") : await run(rest, cwd, env);
        newest = /^.*\/revisions\/.*\.ts$/m.exec(printed)?.[0] ?? newest;
        const plain = printed.replaceAll(folder, "/repo/main").replaceAll(`${cwd}/`, "").trimEnd();
        const shown = part.output === "" && rest[0] === "upgrade" ? "" : plain;
        expect(withNumbers(here, shown), part.command).to.equal(withNumbers(there, part.output));
      }
    }
    expect(here.size).to.be.greaterThan(10);
  });
});

async function run(args: readonly string[], cwd: string, env: Record<string, string>): Promise<string> {
  const { status, stdout, stderr } = await runGodwit(args, { cwd, env });
  expect(status, `${args.join(" ")}\n${stderr}`).to.equal(0);
  return stdout;
}

/** A file whose id is another here. */
async function readNamed(cwd: string, name: string): Promise<string> {
  const folder = path.join(cwd, path.dirname(name));
  const ending = path.basename(name).replace(/^[0-9a-f]{12}/, "");
  const file = (await readdir(folder)).find((one) => one.endsWith(ending)) ?? "";
  return readFile(path.join(folder, file), "utf8");
}

async function replaceFunctions(file: string, code: string): Promise<void> {
  let text = await readFile(file, "utf8");
  for (const [whole, name] of code.matchAll(/^function (\w+)[^]*?\n\}\n/gm)) {
    const old = new RegExp(String.raw`^function ${name}\([^]*?\n\}\n`, "m");
    expect(text).to.match(old);
    text = text.replace(old, () => whole);
  }
  await writeFile(file, text);
}
