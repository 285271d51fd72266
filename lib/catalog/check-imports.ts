/** Looks through the code that revisions import, without running it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { relativeImports, resolveImport } from "./checksum.js";
import { faultAt } from "./fault.js";
import { parseCode } from "./parse-header.js";

/**
 * Checks that the relative imports of files are there and can be parsed, and so on with theirs.
 * @throws InputError `revision-syntax`, `missing-import` with file and line
 */
export function checkImports(files: readonly string[]): void {
  const seen = new Set<string>();
  for (const file of files) checkFile(file, seen);
}

/** Of `import()` what stands in the parentheses is known, which need not be a string by itself. */
function isComputed(name: string): boolean {
  return /["'`$?]/.test(name);
}

function checkFile(file: string, seen: Set<string>): void {
  if (seen.has(file) || !/\.[mc]?[jt]s$/.test(file)) return;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  for (const name of relativeImports(text, parseCode(file, text))) {
    if (isComputed(name)) continue;
    const imported = resolveImport(path.resolve(path.dirname(file), name));
    if (imported === null) {
      const line = text.slice(0, text.indexOf(name)).split("\n").length;
      throw faultAt({ file, line }, "missing-import", `It imports ${name}, which is not there.`, {
        hint: "Correct the path; nothing was touched.",
      });
    }
    checkFile(imported, seen);
  }
}
