/** Scaffolds revisions: `godwit revision new`. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import { InputError } from "../errors.js";
import type { Revision } from "../graph/revision.js";
import type { ConfigurationSearch } from "../configuration/read.js";
import { slugOf } from "./scaffold/code.js";
import { readFlags } from "./scaffold/flags.js";
import type { FlagDeclaration, FlagValues } from "./scaffold/flags.js";
import { runAfterWriting } from "./scaffold/hooks.js";
import { checkClass, checkManager } from "./scaffold/names.js";
import { openScaffoldProject, treeOf } from "./scaffold/project.js";
import type { ScaffoldProject, ScaffoldTree } from "./scaffold/project.js";
import { renderRevision } from "./scaffold/render.js";
import type { NewHeader } from "./scaffold/render.js";
import { summaryOf } from "./scaffold/summary.js";
import { findTemplate, templateKinds } from "./scaffold/template.js";
import { describe, findRevision, mergeOf, parentFor, tipsOf } from "./scaffold/tree.js";
import { checkVersion, compareVersions } from "./scaffold/version.js";
import { writeNewFiles } from "./scaffold/write.js";

/** What a new revision is to be. */
export interface NewRevisionOptions extends ConfigurationSearch {
  readonly managers: readonly string[];
  /** A template (default `static-table`). */
  readonly kind?: string;
  /** Classes without their modules; several get the same change, with one shared implementation. */
  readonly branches?: readonly string[];
  readonly version?: string;
  /** What the revision does, in a sentence; made from the flags without it. */
  readonly summary?: string;
  /** The revision to come after (id, label, or beginning of an id), in place of the tip of the branch. */
  readonly head?: string;
  /** Kind `merge`: the tips to merge (ids, labels, beginnings of ids); all tips of the branch without it. */
  readonly merges?: readonly string[];
  /** Whether the revision may make a second tip (default `refuse`). */
  readonly secondTip?: "refuse" | "allow";
  readonly labels?: readonly string[];
  /** Ids or labels of revisions that must come first. */
  readonly dependsOn?: readonly string[];
  readonly revisionId?: string;
  /** The place (a folder of manager folders) to write to, in place of the first of the configuration. */
  readonly versionPath?: string;
  /** Flags of the template, by name without dashes in front. */
  readonly flags?: Readonly<Record<string, readonly string[]>>;
}

/** What was written. */
export interface NewRevisionReport {
  /** Absolute paths. */
  readonly files: readonly string[];
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
  const kind = options.kind ?? "static-table";
  const template = await findTemplate(kind, project.templateFolders);
  const flags = readFlags(kind, template.flags, options.flags ?? {});
  const targets = targetsOf(options);
  if (targets.length > 1 && options.revisionId !== undefined) {
    throw new InputError("bad-flag", "One --rev-id cannot name several revisions.");
  }
  const summary = options.summary ?? summaryOf(kind, flags);
  const headers: TreeHeader[] = [];
  for (const target of targets) {
    if (kind === "class-switch") headers.push(switchHeader(project, target.manager, flags, options.summary));
    else headers.push(await headerFor(project, options, kind, { ...target, summary }));
  }
  const folder = path.dirname(headers[0]?.file ?? project.place);
  const shared = path.join(folder, `shared_${slugOf(summary)}.ts`);
  const files = await renderRevision(template, headers, flags, shared);
  await writeNewFiles(files);
  const written = files.map(({ file }) => file);
  const notes = [...project.notes, ...(await runAfterWriting(project.configuration, written))];
  return {
    files: written,
    revisions: headers.map(({ id, manager, file }) => ({ id, manager, file })),
    notes,
  };
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

/** A header with what is told of it. */
interface TreeHeader extends NewHeader {
  readonly id: string;
  readonly manager: string;
}

interface Target {
  readonly manager: string;
  readonly branch: string | null;
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

async function headerFor(
  project: ScaffoldProject,
  options: NewRevisionOptions,
  kind: string,
  target: Target & { readonly summary: string },
): Promise<TreeHeader> {
  const { manager } = target;
  const tree = treeOf(project, manager);
  const place = placeIn(project, tree, kind, target.branch, options);
  const { branch, parents } = place;
  const version = kind === "root" ? null : versionFor(tree, branch, options.version);
  for (const parent of parents) {
    if (version !== null && parent.branch === branch) requireLater(version, parent);
  }
  const id = await idFor(project, tree, { branch, version, asked: options.revisionId });
  return {
    define: "defineRevision",
    id,
    manager,
    versions: [parents[0]?.version ?? null, version],
    file: path.join(project.place, manager, `${id}_${slugOf(target.summary) || kind}.ts`),
    fields: {
      id,
      parent: parents.length > 1 ? parents.map((parent) => parent.id) : (parents[0]?.id ?? null),
      manager,
      branch: branch ?? undefined,
      version: version ?? undefined,
      summary: target.summary,
      dependsOn: dependenciesOf(project, options.dependsOn ?? []),
      labels: labelsFor(project, tree, branch, options.labels ?? []),
    },
  };
}

/** A switch has no id of its own: it leads from one revision to another. */
function switchHeader(
  project: ScaffoldProject,
  manager: string,
  flags: FlagValues,
  summary: string | undefined,
): TreeHeader {
  const { revisions } = treeOf(project, manager);
  const from = switchEnd(revisions, flags["from"]);
  const to = switchEnd(revisions, flags["to"]);
  if (from.branch === to.branch) {
    throw new InputError(
      "same-branch",
      `${from.id} and ${to.id} belong to the same class; a revision leads there.`,
    );
  }
  const taken = project.switches.find((edge) => edge.from === from.id && edge.to === to.id);
  if (taken !== undefined) {
    const where = taken.source.file ?? manager;
    throw new InputError(
      "duplicate-switch",
      `There is a switch from ${from.id} to ${to.id} already: ${where}.`,
    );
  }
  const words = summary ?? `From ${from.branch ?? from.id} to ${to.branch ?? to.id}`;
  return {
    define: "defineSwitch",
    id: to.id,
    manager,
    versions: [from.version, to.version],
    file: path.join(project.place, manager, `switch_${slugOf(words)}.ts`),
    fields: { manager, from: from.id, to: to.id, summary: words },
  };
}

/** The tip of a class, or a revision. */
function switchEnd(revisions: readonly Revision[], name: unknown): Revision {
  const text = typeof name === "string" ? name : "";
  const [tip, second] = revisions.some(({ branch }) => branch === text) ? tipsOf(revisions, text) : [];
  return tip !== undefined && second === undefined ? tip : findRevision(revisions, text);
}

/** The branch of a new revision, and what it comes after. */
function placeIn(
  project: ScaffoldProject,
  tree: ScaffoldTree,
  kind: string,
  asked: string | null,
  options: NewRevisionOptions,
): { readonly branch: string | null; readonly parents: readonly Revision[] } {
  if (kind === "root") {
    refuseSecondRoot(tree);
    return { branch: null, parents: [] };
  }
  if (kind === "merge") return mergeOf(tree.revisions, { branch: asked, names: options.merges ?? [] });
  const branch = branchFor(tree, asked, options.head ?? null);
  const parent = parentIn(project, tree, branch, options);
  return { branch, parents: parent === null ? [] : [parent] };
}

function branchFor(tree: ScaffoldTree, asked: string | null, head: string | null): string | null {
  const branches = [...new Set(tree.revisions.map(({ branch }) => branch))].filter((one) => one !== null);
  if (asked !== null) return asked;
  if (head !== null) return findRevision(tree.revisions, head).branch;
  const [only, second] = branches;
  if (only === undefined) {
    if (!tree.isButler) return null;
    throw new InputError(
      "missing-branch",
      `Say with --branch which class of "${tree.manager}" the revision is for.`,
    );
  }
  if (second === undefined && !tree.isButler) return only;
  throw new InputError(
    "missing-branch",
    `Say with --branch which class of "${tree.manager}" the revision is for.`,
    {
      hint: `There are ${branches.join(", ")}.`,
    },
  );
}

function versionFor(tree: ScaffoldTree, branch: string | null, asked: string | undefined): string | null {
  if (asked !== undefined) {
    const version = checkVersion(asked, tree.versionForm);
    const taken = tree.revisions.find((one) => one.branch === branch && one.version === version);
    if (taken === undefined) return version;
    throw new InputError(
      "version-exists",
      `Version ${version} of ${branch ?? tree.manager} is ${describe(taken)}.`,
      {
        hint: "Choose a later version.",
      },
    );
  }
  if (branch === null) return null;
  throw new InputError("missing-version", `Say with --version what ${branch} is at after the revision.`);
}

function parentIn(
  { all }: ScaffoldProject,
  tree: ScaffoldTree,
  branch: string | null,
  options: NewRevisionOptions,
): Revision | null {
  if (tree.revisions.length === 0 && branch !== null) {
    const known = [...new Set(all.map(({ manager }) => manager))];
    throw new InputError("unknown-manager", `There is no tree of a manager "${tree.manager}".`, {
      hint: `There are ${known.join(", ")}. A new tree begins with: godwit revision new ${tree.manager} --kind root`,
    });
  }
  return parentFor(tree.revisions, {
    manager: tree.manager,
    branch,
    head: options.head ?? null,
    secondTip: options.secondTip ?? "refuse",
  });
}

function requireLater(version: string, parent: Revision): void {
  if (parent.version === null || compareVersions(version, parent.version) > 0) return;
  throw new InputError(
    "version-order",
    `Version ${version} does not come after ${parent.version}, which is the version of ${describe(parent)}.`,
    { hint: "Choose a later version." },
  );
}

async function idFor(
  { all }: ScaffoldProject,
  tree: ScaffoldTree,
  wanted: {
    readonly branch: string | null;
    readonly version: string | null;
    readonly asked: string | undefined;
  },
): Promise<string> {
  const id = tree.isButler ? await butlerId(tree, wanted) : (wanted.asked ?? randomBytes(6).toString("hex"));
  if (!/^[A-Za-z0-9_]+$/.test(id)) {
    throw new InputError("bad-id", `${JSON.stringify(id)} cannot be the id of a revision.`, {
      hint: "Use letters, digits and _; usual are 12 hexadecimal digits.",
    });
  }
  const taken = all.find((one) => one.id === id || one.labels.includes(id));
  if (taken === undefined) return id;
  throw new InputError("duplicate-revision", `"${id}" is taken: ${describe(taken)}.`);
}

/** In a Butler's tree an id follows from class and version, so that every tool gives it alike. */
async function butlerId(
  { manager }: ScaffoldTree,
  {
    branch,
    version,
    asked,
  }: { readonly branch: string | null; readonly version: string | null; readonly asked: string | undefined },
): Promise<string> {
  const { revisionId } = await import("../butler/revision-id.js");
  const parts: [string, ...string[]] = [manager, ...[branch, version].filter((part) => part !== null)];
  const id = revisionId(...parts);
  if (asked === undefined || asked === id) return id;
  throw new InputError("bad-id", `The id of ${parts.join(" ")} is ${id}, and no other.`, {
    hint: "Leave --rev-id out.",
  });
}

function refuseSecondRoot({ revisions, manager }: ScaffoldTree): void {
  const root = revisions.find(({ parents }) => parents.length === 0);
  if (root === undefined) return;
  throw new InputError("second-root", `The tree of "${manager}" has a root already: ${describe(root)}.`);
}

function dependenciesOf({ all }: ScaffoldProject, names: readonly string[]): readonly string[] | undefined {
  if (names.length === 0) return undefined;
  return names.map((name) => {
    const found = findRevision(all, name);
    return found.labels.includes(name) ? name : found.id;
  });
}

/** The first revision of a class carries the label `<manager>-<Class>`, a Butler's root that of its manager. */
function labelsFor(
  { all }: ScaffoldProject,
  tree: ScaffoldTree,
  branch: string | null,
  asked: readonly string[],
): readonly string[] | undefined {
  const isFirst = branch !== null && tree.revisions.every((one) => one.branch !== branch);
  const labels = [...(isFirst ? [`${tree.manager}-${branch}`] : []), ...asked];
  for (const label of labels) {
    const taken = all.find((one) => one.id === label || one.labels.includes(label));
    if (taken !== undefined) {
      throw new InputError("duplicate-label", `The label "${label}" is taken: ${describe(taken)}.`);
    }
    if (!/^[A-Za-z_][\w-]*$/.test(label)) {
      throw new InputError("bad-label", `${JSON.stringify(label)} cannot be a label.`, {
        hint: "Use letters, digits, - and _, beginning with a letter.",
      });
    }
  }
  return labels.length === 0 ? undefined : labels;
}
