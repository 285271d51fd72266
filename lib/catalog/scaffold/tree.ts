/** Where a new revision hangs in its tree. */
import { RefusedError, InputError } from "../../errors.js";
import type { Revision, Switch } from "../../graph/revision.js";

/** What a new revision's place depends on. */
export interface PlaceRequest {
  readonly manager: string;
  readonly branch: string | null;
  /** The revision to hang it on; null for the tip of the branch. */
  readonly head: Revision | null;
  /** `allow`: the revision may make a second tip. */
  readonly secondTip: "refuse" | "allow";
  readonly switches: readonly Switch[];
}

/**
 * The revision that a new one comes after: the one asked for, else the tip of the branch, else (for the first of a class) the
 * tree's root; null in an empty tree.
 *
 * @param revisions of all trees
 * @throws InputError `multiple-heads`, `unknown-manager`
 * @throws RefusedError `second-tip` naming the file that made the first
 */
export function parentFor(revisions: readonly Revision[], request: PlaceRequest): Revision | null {
  const tree = revisions.filter(({ manager }) => manager === request.manager);
  const parent = request.head ?? tipFor(tree, request);
  if (parent !== null && request.secondTip === "refuse") refuseSecondTip(tree, parent, request);
  return parent;
}

/** The tips of a branch: its revisions without a child in the same branch, from which no switch leads on within it. */
export function tipsOf(
  tree: readonly Revision[],
  branch: string | null,
  switches: readonly Switch[],
): Revision[] {
  const members = tree.filter((revision) => revision.branch === branch);
  const parents = new Set(members.flatMap((revision) => revision.parents));
  const sideways = switches.filter(({ to }) => members.some(({ id }) => id === to)).map(({ from }) => from);
  return members.filter(({ id }) => !parents.has(id) && !sideways.includes(id));
}

/** Whether one of two revisions needs the other. */
export function onOneLine(tree: readonly Revision[], one: Revision, other: Revision): boolean {
  return isBelow(tree, one, other) || isBelow(tree, other, one);
}

function isBelow(tree: readonly Revision[], lower: Revision, upper: Revision): boolean {
  const byId = new Map(tree.map((one) => [one.id, one]));
  const seen = new Set<string>();
  const open = [upper.id];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === lower.id) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(byId.get(id)?.parents ?? []));
  }
  return false;
}

/**
 * What a merge merges: the tips that are named, else all tips of the branch that has several.
 * @throws InputError `nothing-to-merge`
 */
export function mergeOf(
  tree: readonly Revision[],
  asked: { readonly branch: string | null; readonly named: readonly Revision[] },
): { readonly branch: string | null; readonly parents: readonly Revision[] } {
  const { named } = asked;
  const branches = [...new Set((named.length > 0 ? named : tree).map(({ branch }) => branch))];
  const wanted = asked.branch === null ? branches : [asked.branch];
  const branch = wanted.find((one) => tipsOf(tree, one, []).length > 1) ?? null;
  const tips = tipsOf(tree, branch, []);
  const parents = named.length > 0 ? named : tips;
  const strange = parents.find((one) => !tips.includes(one));
  if (strange === undefined && new Set(parents).size > 1) return { branch, parents };
  throw new InputError(
    "nothing-to-merge",
    strange === undefined
      ? "There are no two tips to merge."
      : `${describe(strange)} is no tip of a branch that has several.`,
    { hint: "See `godwit heads`." },
  );
}

function tipFor(tree: readonly Revision[], { branch, manager, switches }: PlaceRequest): Revision | null {
  if (tree.length === 0) return null;
  const tips = tipsOf(tree, branch, switches);
  const [tip, second] = tips;
  if (second !== undefined) {
    throw new InputError(
      "multiple-heads",
      `${branch ?? manager} has several tips: ${tips.map(describe).join(", ")}.`,
      {
        hint: "Say with --head which one the revision comes after, or merge them: godwit revision merge.",
      },
    );
  }
  if (tip !== undefined) return tip;
  const root = tree.find(({ parents }) => parents.length === 0);
  if (root === undefined) throw new InputError("unknown-manager", `The tree of "${manager}" has no root.`);
  return root;
}

/** A class may begin at any revision that belongs to another branch; within a branch there is one line. */
function refuseSecondTip(tree: readonly Revision[], parent: Revision, { branch }: PlaceRequest): void {
  const child = tree.find((one) => one.parents.includes(parent.id) && one.branch === branch);
  if (child === undefined) return;
  throw new RefusedError(
    "second-tip",
    `After ${parent.id} comes ${describe(child)} already; another one would make a second tip.`,
    { hint: "Leave --head out to go on from the tip, or add --splice if two tips are what you want." },
  );
}

/**
 * Finds a revision of a tree by its id, a label, or a beginning of its id.
 * @throws InputError `unknown-revision`, `ambiguous-prefix`
 */
export function findRevision(tree: readonly Revision[], name: string): Revision {
  const exact = tree.find(({ id, labels }) => id === name || labels.includes(name));
  if (exact !== undefined) return exact;
  const near = name.length < 4 ? [] : tree.filter(({ id }) => id.startsWith(name));
  const [found, second] = near;
  if (second !== undefined) {
    throw new InputError(
      "ambiguous-prefix",
      `Several revisions begin with "${name}": ${near.map(describe).join(", ")}.`,
    );
  }
  if (found !== undefined) return found;
  throw new InputError("unknown-revision", `There is no revision "${name}" there.`, {
    hint: "See `godwit history`.",
  });
}

/** A revision with its file, for messages. */
export function describe({ id, source }: Revision): string {
  return source.file === null ? id : `${id} (${source.file})`;
}
