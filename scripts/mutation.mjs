// Changes the compiled code in small ways, and looks whether tests notice: `npm run mutation -- quoting|lock|state|graph|pictures`; a pattern
// after that (`"graph/trees/*.js"`) says which files of the group. Stryker needs
// a newer Node than godwit, so that both come through npx for this run alone; nothing is installed in the project.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** What is changed, and the tests that are to notice. */
const groups = {
  quoting: {
    mutate: ["database/sql.js", "database/postgres/literals.js", "database/sqlite/literals.js"],
    tests: ["database/literals.test.js"],
  },
  lock: {
    mutate: ["database/lock.js", "database/postgres/lock.js"],
    tests: ["database/lock.test.js"],
  },
  state: {
    mutate: ["state/*.js"],
    // Without the test that migrates whole Butlers, which takes half a minute for each change.
    tests: ["state/!(butlers).test.js"],
  },
  graph: {
    mutate: ["graph/**/*.js", "!dist/lib/graph/pictures/**"],
    tests: ["graph/!(pictures)/*.test.js", "graph/*.test.js"],
    timeoutMs: 3_000,
  },
  pictures: {
    mutate: ["graph/pictures/*.js"],
    tests: ["graph/pictures/pictures.test.js"],
    timeoutMs: 3_000,
  },
};

const [name = "", only] = process.argv.slice(2);
const group = groups[name];
if (group === undefined) {
  console.error(`Name one of: ${Object.keys(groups).join(", ")}`);
  process.exit(2);
}

const root = fileURLToPath(new URL("..", import.meta.url));
const place = mkdtempSync(path.join(tmpdir(), "godwit-mutation-"));
const tools = path.join(place, "tools");
try {
  prepare();
  process.exitCode = run();
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** The project with every module in a file of its own, as the compiler writes them. */
function prepare() {
  for (const one of ["lib", "revisions", "templates", "scripts", "test", "package.json", "tsconfig.json"])
    cpSync(path.join(root, one), path.join(place, one), { recursive: true });
  linkPackages();
  const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const { status } = spawnSync(process.execPath, [compiler, "-p", "."], { cwd: place, stdio: "inherit" });
  if (status !== 0) throw new Error("the project does not compile");
  const settings = {
    testRunner: "mocha",
    plugins: [
      path.join(tools, "node_modules", "@stryker-mutator", "mocha-runner", "dist", "src", "index.js"),
    ],
    inPlace: true,
    coverageAnalysis: "perTest",
    concurrency: 1,
    timeoutMS: group.timeoutMs ?? 20_000,
    reporters: ["clear-text", "progress-append-only", "json"],
    jsonReporter: { fileName: path.join(root, "coverage", `mutation-${name}.json`) },
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    mutate: (only === undefined ? group.mutate : [only]).map((one) =>
      one.startsWith("!") ? one : `dist/lib/${one}`,
    ),
    mochaOptions: {
      spec: group.tests.map((one) => `dist/test/${one}`),
      config: ".mocharc.json",
    },
  };
  // The tests' own hooks would stop servers after each change, and end a process that stays.
  writeFileSync(
    path.join(place, "hooks.mjs"),
    `import { testBegins, testEnds } from "./dist/test/support/cleanup.js";
export const mochaHooks = { beforeEach: () => testBegins(), afterEach: () => testEnds() };\n`,
  );
  const mocha = { require: ["./hooks.mjs"], timeout: 60_000 };
  writeFileSync(path.join(place, ".mocharc.json"), JSON.stringify(mocha));
  writeFileSync(path.join(place, "stryker.config.json"), JSON.stringify(settings));
}

/** The project's packages, but for mocha, of which Stryker knows versions up to 11. */
function linkPackages() {
  mkdirSync(tools);
  writeFileSync(path.join(tools, "package.json"), "{}");
  const packages = [
    "node@24",
    "mocha@11",
    "@stryker-mutator/core@10.0.0",
    "@stryker-mutator/mocha-runner@10.0.0",
  ];
  const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund", ...packages], {
    cwd: tools,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("Stryker cannot be installed");
  mkdirSync(path.join(place, "node_modules"));
  for (const name of readdirSync(path.join(root, "node_modules"))) {
    const from = path.join(name === "mocha" ? tools : root, "node_modules", name);
    symlinkSync(from, path.join(place, "node_modules", name));
  }
}

function run() {
  const bin = path.join(tools, "node_modules", ".bin");
  const stryker = path.join(tools, "node_modules", "@stryker-mutator", "core", "bin", "stryker.js");
  const { status } = spawnSync(path.join(bin, "node"), [stryker, "run"], { cwd: place, stdio: "inherit" });
  return status ?? 1;
}
