import { spawnSync } from "node:child_process";
import type { Configuration } from "../../configuration/configuration.js";

/**
 * Runs the commands that a configuration wants run on new files, each file by itself. No shell is used.
 * @returns what went wrong: the files are written, so a failing formatter is no error
 */
export async function runAfterWriting(
  configuration: Configuration | null,
  files: readonly string[],
): Promise<string[]> {
  const notes: string[] = [];
  for (const command of configuration?.hooks?.afterWriting ?? []) {
    for (const file of files) {
      const [program = "", ...rest] = command.split(/\s+/).map((word) => word.replaceAll("{file}", file));
      const result = spawnSync(program, rest, { cwd: configuration?.folder, encoding: "utf8" });
      if (result.status === 0) continue;
      const reason = result.error?.message ?? result.stderr.trim();
      notes.push(`hooks.afterWriting: "${command}" failed on ${file}: ${reason}`);
    }
  }
  return notes;
}
