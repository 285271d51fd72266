import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { Parser } from "tar";

const decompress = promisify(brotliDecompress);
const folder = new URL("../../../test/fixtures/", import.meta.url);

/** The files of an archive in test/fixtures, by their path. */
export type Archive = ReadonlyMap<string, Buffer>;

async function unpack(name: string): Promise<Archive> {
  const files = new Map<string, Buffer>();
  const parser = new Parser({
    strict: true,
    onReadEntry(entry) {
      const chunks: Buffer[] = [];
      entry.on("data", (chunk: Buffer) => chunks.push(chunk));
      entry.on("end", () => files.set(entry.path, Buffer.concat(chunks)));
    },
  });
  const done = new Promise<void>((resolve, reject) => {
    parser.on("end", resolve);
    parser.on("error", reject);
  });
  parser.end(await decompress(await readFile(new URL(`${name}.tar.br`, folder))));
  await done;
  return files;
}

const opened = new Map<string, Promise<Archive>>();

/** Reads an archive of test/fixtures; it stays in memory for the other tests of the run. */
export function openArchive(name: "sqlite" | "postgres" | "expected"): Promise<Archive> {
  let archive = opened.get(name);
  if (archive === undefined) {
    archive = unpack(name);
    opened.set(name, archive);
  }
  return archive;
}

/** A file of an archive. @throws Error where there is none */
export async function archivedFile(name: "sqlite" | "postgres" | "expected", file: string): Promise<Buffer> {
  const bytes = (await openArchive(name)).get(file);
  if (bytes === undefined) throw new Error(`${file} is not in test/fixtures/${name}.tar.br`);
  return bytes;
}
