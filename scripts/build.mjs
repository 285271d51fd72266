// Compiles lib, revisions, scripts and test into dist/, from nothing, so that no stale file survives a rename.
import { chmodSync, rmSync } from "node:fs";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const lib = path.join(root, "dist", "lib");
rmSync(path.join(root, "dist"), { recursive: true, force: true });
const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
const { status } = spawnSync(process.execPath, [compiler, "-p", "tsconfig.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
// What every start of the program loads becomes a few files: looking for a hundred takes longer than most commands.
for (const [entry, packages] of [
  ["cli/yargs.js", "inlined"],
  ["graph/index.js", "imported"],
  ["catalog/open.js", "imported"],
  ["cli/program.js", "imported"],
]) {
  await joinFolder(path.join(lib, entry), packages);
}
chmodSync(path.join(lib, "cli", "main.js"), 0o755);

/** Puts the modules of a folder that a module imports statically into that module; all others stay imports. */
async function joinFolder(entry, packages) {
  const folder = path.dirname(entry);
  const staysImport = ({ path: name, kind, resolveDir }) => {
    if (kind === "entry-point" || !name.startsWith(".")) return null;
    const file = path.resolve(resolveDir, name);
    const isJoined =
      packages === "inlined" || (kind === "import-statement" && file.startsWith(folder + path.sep));
    if (isJoined && !file.endsWith(path.join("cli", "yargs.js"))) return null;
    const relative = path.relative(folder, file).split(path.sep).join("/");
    return { path: relative.startsWith(".") ? relative : `./${relative}`, external: true };
  };
  await build({
    entryPoints: [entry],
    outfile: entry,
    allowOverwrite: true,
    bundle: true,
    packages: packages === "inlined" ? "bundle" : "external",
    alias: packages === "inlined" ? { "string-width": path.join(lib, "cli", "text-width.js") } : {},
    plugins: [{ name: "join", setup: (build) => build.onResolve({ filter: /.*/ }, staysImport) }],
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    // Others' code is read at each start, and by nobody: shorter, it is parsed in half the time.
    minify: packages === "inlined",
    legalComments: "inline",
  });
}
