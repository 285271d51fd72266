/**
 * Packs the repositories and expected results that the tests use: `node dist/scripts/pack-fixtures.js SOURCE`, where
 * SOURCE is the folder described in test/fixtures/README.md. The same source gives the same bytes.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gunzipSync } from "node:zlib";
import { create } from "tar";

const fixtures = fileURLToPath(new URL("../../test/fixtures", import.meta.url));

/** Repositories that are packed with the files of their datastore; the others only with what a migration touches. */
const withDatastoreFiles: readonly string[] = ["uuid-c6-synth"];

/** The window must hold a whole archive, because the repositories repeat each other. */
const brotli = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
};

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .toSorted();
}

async function pack(folder: string, archive: string): Promise<void> {
  const files = await filesBelow(folder);
  const tar = await create({ cwd: folder, portable: true, mtime: new Date(0) }, files).concat();
  await writeFile(path.join(fixtures, archive), brotliCompressSync(tar, brotli));
}

async function stageRepositories(source: string, staging: string): Promise<void> {
  for (const name of await readdir(source)) {
    await cp(path.join(source, name), path.join(staging, name), {
      recursive: true,
      filter: (from) => {
        const below = path.relative(path.join(source, name), from);
        return withDatastoreFiles.includes(name) || /^(butler\.yaml|gen3\.sqlite3|dump\.sql)?$/.test(below);
      },
    });
  }
}

/** Copies a folder with every `.gz` file unpacked: the archive as a whole compresses far better. */
async function stageUnpacked(source: string, staging: string): Promise<void> {
  for (const file of await filesBelow(source)) {
    const bytes = await readFile(path.join(source, file));
    const target = path.join(staging, file.replace(/\.gz$/, ""));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  }
}

async function main(source: string): Promise<void> {
  const staging = await mkdtemp(path.join(tmpdir(), "godwit-pack-"));
  try {
    await stageRepositories(path.join(source, "repos"), path.join(staging, "sqlite"));
    await stageRepositories(path.join(source, "repos-pg"), path.join(staging, "postgres"));
    await stageUnpacked(path.join(source, "golden"), path.join(staging, "expected/golden"));
    await stageUnpacked(path.join(source, "fresh"), path.join(staging, "expected/fresh"));
    await cp(
      path.join(source, "tools/obscore_embargo.yaml"),
      path.join(staging, "expected/obscore_embargo.yaml"),
    );
    for (const name of ["sqlite", "postgres", "expected"]) {
      await pack(path.join(staging, name), `${name}.tar.br`);
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const [source] = process.argv.slice(2);
if (source === undefined) {
  console.error("usage: node dist/scripts/pack-fixtures.js SOURCE");
  process.exitCode = 2;
} else {
  await main(source);
}
