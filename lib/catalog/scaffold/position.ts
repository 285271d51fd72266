/** Where a new revision hangs, and which version it leads to. */
import { InputError } from "../../errors.js";
import type { Revision } from "../../graph/revision.js";
import type { ScaffoldProject, ScaffoldTree } from "./project.js";
import type { NewRevisionOptions } from "./request.js";
import { revisionNamed } from "./names-in-trees.js";
import { describe, mergeOf, parentFor } from "./tree.js";
import { checkVersion, compareVersions } from "./version.js";

/** The branch of a new revision, and what it comes after. */
export function placeIn(
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
  const inTree = (name: string): Revision => revisionNamed(project, tree.revisions, name);
  if (kind === "merge")
    return mergeOf(tree.revisions, { branch: asked, named: (options.merges ?? []).map(inTree) });
  const head = options.head === undefined ? null : inTree(options.head);
  const branch = branchFor(tree, asked, head);
  const parent = parentIn(project, tree, branch, { ...options, head });
  return { branch, parents: parent === null ? [] : [parent] };
}

function branchFor(tree: ScaffoldTree, asked: string | null, head: Revision | null): string | null {
  const branches = [...new Set(tree.revisions.map(({ branch }) => branch))].filter((one) => one !== null);
  if (asked !== null) return asked;
  if (head !== null) return head.branch;
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

export function versionFor(
  tree: ScaffoldTree,
  branch: string | null,
  asked: string | undefined,
): string | null {
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
  { all, switches }: ScaffoldProject,
  tree: ScaffoldTree,
  branch: string | null,
  { head, secondTip }: { readonly head: Revision | null } & Pick<NewRevisionOptions, "secondTip">,
): Revision | null {
  if (tree.revisions.length === 0 && branch !== null) {
    const known = [...new Set(all.map(({ manager }) => manager))];
    throw new InputError("unknown-manager", `There is no tree of a manager "${tree.manager}".`, {
      hint: `There are ${known.join(", ")}. A new tree begins with: godwit revision new ${tree.manager} --kind root`,
    });
  }
  return parentFor(tree.revisions, {
    switches,
    manager: tree.manager,
    branch,
    head,
    secondTip: secondTip ?? "refuse",
  });
}

export function requireLater(version: string, parent: Revision): void {
  if (parent.version === null || compareVersions(version, parent.version) > 0) return;
  throw new InputError(
    "version-order",
    `Version ${version} does not come after ${parent.version}, which is the version of ${describe(parent)}.`,
    { hint: "Choose a later version." },
  );
}
function refuseSecondRoot({ revisions, manager }: ScaffoldTree): void {
  const root = revisions.find(({ parents }) => parents.length === 0);
  if (root === undefined) return;
  throw new InputError("second-root", `The tree of "${manager}" has a root already: ${describe(root)}.`);
}
