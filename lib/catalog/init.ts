/** Makes a project of one's own: `godwit init`. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { configurationNames } from "../configuration/find.js";
import { InputError } from "../errors.js";
import { newRevision } from "./new-revision.js";
import { checkManager } from "./scaffold/names.js";
import { writeNewFiles } from "./scaffold/write.js";

/** What a new project is to be. */
export interface InitOptions {
  /** Folder of the project (default: the current folder); made where it is missing. */
  readonly folder?: string;
  /** The repository that commands mean which are given none. */
  readonly repo?: string;
  /** Form of the configuration file (default `json`). */
  readonly form?: "json" | "ts";
  /** Managers whose trees are begun with a root revision. */
  readonly managers?: readonly string[];
}

/** What was made. */
export interface InitReport {
  /** Absolute paths. */
  readonly files: readonly string[];
}

/**
 * Makes a configuration, the folder `revisions/`, and a root revision for each manager that is named.
 * @throws InputError `configuration-exists`, `not-writable`, `bad-name`; nothing is written over
 */
export async function initProject(options: InitOptions = {}): Promise<InitReport> {
  const folder = path.resolve(options.folder ?? process.cwd());
  for (const manager of options.managers ?? []) checkManager(manager);
  const existing = configurationNames.map((name) => path.join(folder, name)).find((file) => existsSync(file));
  if (existing !== undefined) {
    throw new InputError("configuration-exists", `${existing} is there already; it was left as it is.`, {
      hint: "Go on with: godwit revision new MANAGER",
    });
  }
  if (existsSync(path.join(folder, "butler.yaml"))) {
    throw new InputError(
      "inside-repository",
      `${folder} is a Butler repository; code is never taken from one.`,
      {
        hint: "Make the project in a folder of its own.",
      },
    );
  }
  const form = options.form ?? "json";
  const file = path.join(folder, `godwit.config.${form}`);
  await writeNewFiles([
    { file, text: form === "json" ? jsonText(options.repo) : typescriptText(options.repo) },
  ]);
  await makeFolder(path.join(folder, "revisions"));
  const files = [file];
  for (const manager of options.managers ?? []) {
    const root = { folder, managers: [manager], kind: "root", summary: `The beginning of ${manager}` };
    files.push(...(await newRevision(root)).files);
  }
  return { files };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new InputError("not-writable", `${folder} could not be made: ${String(error)}`, {
      hint: "Check the path, and the permissions of the folder above it.",
      cause: error,
    });
  }
}

function jsonText(repo: string | undefined): string {
  const line = repo === undefined ? "" : `  "repo": ${JSON.stringify(repo)},\n`;
  return `{\n${line}  "revisions": ["./revisions"]\n}\n`;
}

function typescriptText(repo: string | undefined): string {
  const line = repo === undefined ? "" : `  repo: ${JSON.stringify(repo)},\n`;
  return `import { defineConfiguration } from "godwit";

export default defineConfiguration({
${line}  revisions: ["./revisions"],
});
`;
}
