import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { removeAfterwards } from "./cleanup.js";

/** A new empty folder (absolute path, no links in it), removed afterwards. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(await realpath(tmpdir()), "godwit-test-"));
  removeAfterwards(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
