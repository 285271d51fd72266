import { expect } from "chai";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { copyFixture } from "../support/fixtures.js";
import { temporaryFolder } from "../support/folders.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  expect(status, `${command} ${args.join(" ")}\n${stdout}\n${stderr}`).to.equal(0);
  return stdout;
}

/**
 * Packs the project and unpacks it as an installation in an empty folder. The packages that it depends on, and no others, are linked
 * from the checkout: what is tested is the package, not the registry.
 */
async function install(): Promise<string> {
  const folder = await temporaryFolder();
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], root);
  const [tarball = ""] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  const own = path.join(folder, "node_modules", "godwit");
  mkdirSync(own, { recursive: true });
  run("tar", ["-xzf", path.join(folder, tarball), "-C", own, "--strip-components=1"], folder);
  const { dependencies, bin } = JSON.parse(readFileSync(path.join(own, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly bin: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies)) {
    const link = path.join(folder, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(root, "node_modules", name), link);
  }
  const programs = path.join(folder, "node_modules", ".bin");
  mkdirSync(programs);
  symlinkSync(path.join("..", "godwit", bin["godwit"] ?? ""), path.join(programs, "godwit"));
  writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  return folder;
}

describe("From a checkout", () => {
  it("the program takes relative paths for those of its caller", async () => {
    const { folder } = await copyFixture("uuid-c6-synth", "sqlite");
    const args = ["run", "-s", "--prefix", root, "godwit", "--", "current", "--repo", path.basename(folder)];
    expect(run("npm", args, path.dirname(folder))).to.include("1fae088c80b6");
  });
});

describe("The package", function () {
  this.timeout(180_000);
  let folder = "";

  before(async () => {
    folder = await install();
  });

  it("holds what runs, and neither tests nor scripts", () => {
    const own = path.join(folder, "node_modules", "godwit");
    expect(existsSync(path.join(own, "dist", "lib", "cli", "main.js"))).to.equal(true);
    expect(existsSync(path.join(own, "dist", "test"))).to.equal(false);
    expect(existsSync(path.join(own, "dist", "scripts"))).to.equal(false);
  });

  it("upgrades a real repository with npx godwit", async () => {
    const { folder: repository } = await copyFixture("uuid-c6-synth", "sqlite");
    run("npx", ["--no-install", "godwit", "upgrade", "head", "--repo", repository], folder);
    const current = JSON.parse(
      run("npx", ["--no-install", "godwit", "current", "--json", "--repo", repository], folder),
    ) as {
      readonly managers: readonly { readonly manager: string; readonly version: string }[];
    };
    const versions = new Map(current.managers.map(({ manager, version }) => [manager, version]));
    expect(versions.get("datasets")).to.equal("2.0.0");
    expect(versions.get("dimensions-config")).to.equal("8");
  });

  it("runs a revision that lies in yet another folder and imports godwit", async () => {
    const elsewhere = await temporaryFolder();
    mkdirSync(path.join(elsewhere, "revisions", "app"), { recursive: true });
    writeFileSync(
      path.join(elsewhere, "revisions", "app", "abcdefabcdef_first.ts"),
      `import { defineRevision, type } from "godwit";
export default defineRevision({
  id: "abcdefabcdef", parent: null, manager: "app", summary: "First",
  async up({ schema }) { await schema.create("t", (table) => table.column("a", type.bigint())); },
  async down({ schema }) { await schema.drop("t"); },
});
`,
    );
    writeFileSync(path.join(elsewhere, "godwit.config.json"), '{ "repo": "sqlite:///app.db" }\n');
    const program = path.join(folder, "node_modules", ".bin", "godwit");
    run(process.execPath, [program, "upgrade", "head"], elsewhere);
    expect(run(process.execPath, [program, "current"], elsewhere)).to.include("abcdefabcdef");
  });

  it("has types for a strict program under nodenext", () => {
    const project = path.join(folder, "program");
    mkdirSync(project);
    cpSync(path.join(folder, "package.json"), path.join(project, "package.json"));
    writeFileSync(
      path.join(project, "program.ts"),
      `import { current, defineRevision, downgrade, openRepository, plan, sql, type, upgrade } from "godwit";
import type { CurrentReport, RunOptions } from "godwit";

const options: RunOptions = { onEvent: (event) => { if (event.kind === "report") event.message.trim(); } };
const report: CurrentReport = await current("/repo");
const versions: readonly (string | null)[] = report.managers.map(({ version }) => version);
await upgrade("/repo", ["head"], options);
await downgrade("/repo", "-1");
const { steps } = await plan("/repo", "up");
const repository = await openRepository("/repo");
await repository.close();
export default defineRevision({
  id: "abcdefabcdef", parent: null, manager: "app", summary: String(versions.length + steps.length),
  async up(context) {
    await context.schema.alter("t", (table) => { table.addColumn("a", type.string(32), { nullable: true }); });
    await context.query(sql\`SELECT 1 FROM \${sql.table("t")}\`);
  },
});
`,
    );
    writeFileSync(
      path.join(project, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          module: "nodenext",
          target: "es2022",
          noEmit: true,
          exactOptionalPropertyTypes: true,
          types: [],
          typeRoots: [path.join(root, "node_modules", "@types")],
        },
        files: ["program.ts"],
      }),
    );
    run(
      process.execPath,
      [path.join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json"],
      project,
    );
  });
});
