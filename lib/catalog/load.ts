/** Imports modules that are not part of this package: revisions, configurations, providers. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { InputError, messageOf } from "../errors.js";
import { lineAt } from "./fault.js";
import { valueAt } from "../known.js";

/** How long a module may take: one that waits for what never comes would end the process without a word. */
const patienceMs = 60_000;

const compiledFolder = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Imports a module: TypeScript or JavaScript, wherever it lies. Its imports from `godwit` are those of the running package, so that
 * a file may lie anywhere on the disk.
 *
 * @param file absolute path
 * @returns what the module exports
 * @param timeoutMs how long it may take
 * @throws InputError `module-syntax`, `module-load` with the file, and the line where it is known
 */
export async function importFile(file: string, timeoutMs = patienceMs): Promise<Record<string, unknown>> {
  try {
    if (isShipped(file)) return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
    const { createJiti } = await import("jiti");
    const jiti = createJiti(import.meta.url, {
      alias: {
        godwit: inPackage("../index.js"),
        "godwit/butler": inPackage("../butler/public.js"),
        "godwit/testing": inPackage("../testing/index.js"),
      },
      fsCache: false,
      moduleCache: false,
      interopDefault: false,
    });
    return await within(timeoutMs, jiti.import<Record<string, unknown>>(file));
  } catch (error) {
    throw await loadFault(file, error);
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it is not done after ${timeoutMs / 1000} seconds`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The compiled files of this package need no loader, and must not exist twice in a process. */
function isShipped(file: string): boolean {
  return file.startsWith(compiledFolder) && file.endsWith(".js");
}

function inPackage(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

async function loadFault(file: string, error: unknown): Promise<InputError> {
  const syntax = await syntaxFault(file);
  if (syntax !== null) return syntax;
  const reason = messageOf(error);
  const line = error instanceof Error ? lineInStack(file, error) : null;
  const where = line === null ? file : `${file}:${line}`;
  return new InputError("module-load", `${where}: The file fails when it is imported: ${reason}`, {
    hint: "Mend the file, or what it imports, and run the same command again.",
    cause: error,
  });
}

/** The loader's own messages about syntax begin with the internals of its compiler, so the parser is asked instead. */
async function syntaxFault(file: string): Promise<InputError | null> {
  if (!/\.[mc]?[jt]s$/.test(file)) return null;
  try {
    const { parseSync } = await import("oxc-parser");
    const text = readFileSync(file, "utf8");
    const [error] = parseSync(path.basename(file), text).errors;
    if (error === undefined) return null;
    const line = lineAt(text, valueAt(error.labels, 0).start);
    return new InputError("module-syntax", `${file}:${line}: Syntax error: ${error.message}`, {
      hint: "Mend the file, and run the same command again.",
    });
  } catch {
    return null;
  }
}

function lineInStack(file: string, { stack = "" }: Error): number | null {
  const at = stack.indexOf(`${file}:`);
  if (at === -1) return null;
  const line = Number.parseInt(stack.slice(at + file.length + 1), 10);
  return Number.isNaN(line) ? null : line;
}
