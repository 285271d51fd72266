/** Scaffolds revisions: `godwit revision new`. */
import path from "node:path";
import type { ConfigurationSearch } from "../configuration/read.js";
import { InputError } from "../errors.js";
import { slugOf } from "./scaffold/code.js";
import type { DiffCode } from "./scaffold/diff/diff.js";
import { readFlags } from "./scaffold/flags.js";
import type { FlagDeclaration, FlagValues } from "./scaffold/flags.js";
import { additionOf, headerFor } from "./scaffold/header.js";
import type { Target, TreeHeader } from "./scaffold/header.js";
import { runAfterWriting } from "./scaffold/hooks.js";
import { checkClass, checkManager } from "./scaffold/names.js";
import { graphOf } from "./scaffold/names-in-trees.js";
import { openScaffoldProject } from "./scaffold/project.js";
import { renderRevision } from "./scaffold/render.js";
import type { NewRevisionOptions } from "./scaffold/request.js";
import { summaryOf } from "./scaffold/summary.js";
import { switchHeader } from "./scaffold/switch-header.js";
import { findTemplate, templateKinds } from "./scaffold/template.js";
import { testFile } from "./scaffold/test-file.js";
import { writeNewFiles } from "./scaffold/write.js";
import { given } from "../given.js";
import { valueAt } from "../known.js";

export type { NewRevisionOptions } from "./scaffold/request.js";

/** What was written. */
export interface NewRevisionReport {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** The tests that come with them, absolute paths. */
  readonly tests: readonly string[];
  readonly revisions: readonly { readonly id: string; readonly manager: string; readonly file: string }[];
  /** What the user should know besides. */
  readonly notes: readonly string[];
}

/** A template, for help. */
export interface TemplateDescription {
  readonly kind: string;
  readonly description: string;
  readonly flags: Readonly<Record<string, FlagDeclaration>>;
}

/**
 * Writes a revision file, or several that make the same change for several classes.
 * @throws InputError, RefusedError about what was asked for; nothing is written then
 */
export async function newRevision(options: NewRevisionOptions): Promise<NewRevisionReport> {
  const project = await openScaffoldProject(options);
  const kind = options.kind ?? (options.diff === undefined ? "static-table" : "diff");
  const template = await findTemplate(kind, project.templateFolders);
  const flags = await knownFlags(options, readFlags(kind, template.flags, options.flags ?? {}));
  const diff = await diffOf(options);
  const request = withRecorded(options, diff);
  const targets = targetsOf(request);
  if (targets.length > 1 && options.revisionId !== undefined) {
    throw new InputError("bad-flag", "One --rev-id cannot name several revisions.");
  }
  const summary = options.summary ?? summaryOf(kind, flags);
  const headers: TreeHeader[] = [];
  for (const target of targets) {
    if (kind === "class-switch") headers.push(switchHeader(project, target.manager, flags, options.summary));
    else headers.push(await headerFor(project, request, kind, { ...target, summary }));
  }
  graphOf(project, additionOf(headers));
  const folder = path.dirname(valueAt(headers, 0).file);
  const shared = path.join(folder, `shared_${slugOf(summary)}.ts`);
  const files = await renderRevision(template, headers, { flags, diff }, shared);
  const tests = options.test === "none" ? [] : headers.map((header) => testFile(project, header));
  await writeNewFiles([...files, ...tests]);
  const written = files.map(({ file }) => file);
  const tested = tests.map(({ file }) => file);
  const notes = [
    ...project.notes,
    ...(diff?.notes ?? []),
    ...(await runAfterWriting(project.configuration, [...written, ...tested])),
  ];
  return {
    files: written,
    tests: tested,
    revisions: headers.map(({ id, manager, file }) => ({ id, manager, file })),
    notes,
  };
}

/** Two repositories are only compared where they are given. */
async function diffOf({ diff, managers, folder, environment }: NewRevisionOptions): Promise<DiffCode | null> {
  if (diff === undefined) return null;
  const [manager, second] = managers;
  const { diffRepositories } = await import("./scaffold/diff/diff.js");
  return diffRepositories(diff[0], diff[1], {
    ...(manager === undefined || second !== undefined ? {} : { manager }),
    ...given({ folder, environment }),
  });
}

/**
 * Class and version are those that the new repository records, where nothing else is said.
 * @throws InputError `class-changes`
 */
function withRecorded(options: NewRevisionOptions, diff: DiffCode | null): NewRevisionOptions {
  const { recorded } = diff ?? { recorded: null };
  if (recorded === null || recorded === undefined) return options;
  const { old, fresh } = recorded;
  if (old.branch !== fresh.branch && (options.branches ?? []).length === 0) {
    throw new InputError(
      "class-changes",
      `${fresh.manager} goes from class ${old.branch} to ${fresh.branch}: that is a switch.`,
      {
        hint: `Compare for a manager of your own (its file shows what changes), or begin with: godwit revision new ${fresh.manager} --kind class-switch --from ${old.branch} --to ${fresh.branch}`,
      },
    );
  }
  const branches = (options.branches ?? []).length === 0 ? [fresh.branch] : (options.branches ?? []);
  const version = options.version ?? (old.version === fresh.version ? undefined : fresh.version);
  return { ...options, branches, ...given({ version }) };
}

/** A repository is only opened where one is given. */
async function knownFlags(options: NewRevisionOptions, flags: FlagValues): Promise<FlagValues> {
  const { fromRepository, folder, environment } = options;
  if (fromRepository === undefined) return flags;
  const { checkFlags, readNames } = await import("./scaffold/known-names.js");
  const names = await readNames(fromRepository, {
    ...given({ folder, environment }),
  });
  return checkFlags(names, flags);
}

/** Writes the revision that merges tips of a branch. @throws as `newRevision`; InputError `nothing-to-merge` */
export function mergeRevision(options: Omit<NewRevisionOptions, "kind">): Promise<NewRevisionReport> {
  return newRevision({ ...options, kind: "merge" });
}

/** The kinds of revisions that can be scaffolded here, with the flags of each. */
export async function describeTemplates(search: ConfigurationSearch = {}): Promise<TemplateDescription[]> {
  const { templateFolders } = await openScaffoldProject(search);
  const descriptions: TemplateDescription[] = [];
  for (const kind of templateKinds(templateFolders)) {
    const { description, flags } = await findTemplate(kind, templateFolders);
    descriptions.push({ kind, description, flags });
  }
  return descriptions;
}

function targetsOf({ managers, branches = [] }: NewRevisionOptions): Target[] {
  if (managers.length === 0)
    throw new InputError("missing-manager", "Say for which manager the revision is.");
  for (const manager of managers) checkManager(manager);
  for (const branch of branches) checkClass(branch);
  const [manager = ""] = managers;
  if (managers.length === 1 && branches.length > 0) return branches.map((branch) => ({ manager, branch }));
  if (branches.length > 0 && branches.length !== managers.length) {
    throw new InputError("bad-flag", "Several managers need one --branch each, in the same order.");
  }
  return managers.map((one, at) => ({ manager: one, branch: branches[at] ?? null }));
}
