import { lineage } from "../closure.js";
import { idOf, neighbours } from "../graph.js";
import { enumerate, problem } from "../problems.js";
import { describeNode, managerOf, nodeOf, type RevisionGraph, type Tree } from "./forest.js";
import { didYouMean, nearHint } from "./near.js";
import { valueAt, valueOf } from "../../known.js";

/** What stands before `@`: it narrows what is meant by what stands behind. */
export type Scope =
  | { readonly kind: "all" }
  | { readonly kind: "tree"; readonly tree: Tree }
  | {
      readonly kind: "class";
      readonly tree: Tree;
      readonly branch: string;
      readonly nodes: readonly number[];
    }
  | { readonly kind: "revision"; readonly node: number; readonly tree: Tree };

/** What is named before `@`. */
export type NarrowScope = Exclude<Scope, { readonly kind: "all" }>;

/** A beginning of an id behind `@` has at least so many characters; shorter ones are too easily a version. */
const shortestBeginning = 4;

/** The nodes among which a name is looked up. */
export function nodesIn(view: RevisionGraph, scope: Scope): readonly number[] {
  if (scope.kind === "all") return view.graph.ids.map((_, node) => node);
  if (scope.kind === "tree") return scope.tree.nodes;
  if (scope.kind === "class") return scope.nodes;
  return [...lineage(view.graph, [scope.node])];
}

/**
 * Finds what stands before `@`: a tree, a class (`<manager>-<Class>`), or a revision by id, label or beginning.
 * @throws InputError `unknown-branch` or `ambiguous-prefix`
 */
export function scopeOf(view: RevisionGraph, text: string): Scope {
  const tree = view.trees.get(text);
  if (tree !== undefined) return { kind: "tree", tree };
  const exact = classScope(view, text) ?? revisionScope(view, exactNode(view, text));
  if (exact !== undefined) return exact;
  const beginning = text === "" ? [] : withBeginning(view, nodesIn(view, { kind: "all" }), text);
  const scope = revisionScope(view, onlyOne(view, beginning, text));
  if (scope !== undefined) return scope;
  throw problem("unknown-branch", `'${text}' is no tree, class, label or revision.`, nearHint(view, text));
}

/**
 * Finds a name without `@`: an id, an id that another one replaces, a label, a manager, a class, or a unique beginning of an id.
 * @returns one node
 * @throws InputError `unknown-revision` or `ambiguous-prefix`
 */
export function namedNode(view: RevisionGraph, text: string): number {
  const node = exactNode(view, text) ?? firstOf(view, text);
  if (node !== undefined) return node;
  const found =
    text === "" ? undefined : onlyOne(view, withBeginning(view, nodesIn(view, { kind: "all" }), text), text);
  if (found !== undefined) return found;
  throw problem("unknown-revision", `There is no revision or label '${text}'.`, nearHint(view, text));
}

/**
 * Finds what stands behind `@`: exact id, exact version, label, then a beginning of an id of at least four characters.
 * @param preferred a class whose version is meant where several classes of the tree have one
 * @throws InputError `unknown-revision`, `not-in-branch` or `ambiguous-prefix`
 */
export function nodeIn(
  view: RevisionGraph,
  scope: NarrowScope,
  text: string,
  preferred: string | null,
): number {
  const members = nodesIn(view, scope);
  const inside = new Set(members);
  const byId = nodeOf(view, text);
  if (byId !== undefined && inside.has(byId)) return byId;
  const byVersion = versionIn(view, members, text, preferred);
  if (byVersion !== undefined) return byVersion;
  const byLabel = view.graph.byLabel.get(text);
  if (byLabel !== undefined && inside.has(byLabel)) return byLabel;
  const elsewhere = byId ?? byLabel;
  if (elsewhere !== undefined)
    throw problem(
      "not-in-branch",
      `${describeNode(view, elsewhere)} of ${managerOf(view, elsewhere)} is not a part of ${scopeName(view, scope)}.`,
    );
  const beginning = text.length < shortestBeginning ? [] : withBeginning(view, members, text);
  const found = onlyOne(view, beginning, text);
  if (found !== undefined) return found;
  const versions = members.map((node) => view.revisions[node]?.version).filter((version) => version !== null);
  throw problem(
    "unknown-revision",
    `${scopeName(view, scope)} has no revision, version or label '${text}'.`,
    versions.length === 0
      ? nearHint(view, text)
      : `${didYouMean(text, ["head", "base", ...new Set(versions.map(String))])}Its versions: ${enumerate([...new Set(versions)].map(String), 12)}.`,
  );
}

/** How a scope is named in messages. */
export function scopeName(view: RevisionGraph, scope: NarrowScope): string {
  if (scope.kind === "tree") return scope.tree.manager;
  if (scope.kind === "class") return `${scope.tree.manager}-${scope.branch}`;
  return idOf(view.graph, scope.node);
}

function classScope(view: RevisionGraph, text: string): Scope | undefined {
  for (const tree of view.trees.values())
    for (const [branch, nodes] of tree.branches)
      if (text === `${tree.manager}-${branch}`) return { kind: "class", tree, branch, nodes };
  return undefined;
}

function revisionScope(view: RevisionGraph, node: number | undefined): Scope | undefined {
  if (node === undefined) return undefined;
  return { kind: "revision", node, tree: valueOf(view.trees, managerOf(view, node)) };
}

function exactNode(view: RevisionGraph, text: string): number | undefined {
  return nodeOf(view, text) ?? view.graph.byLabel.get(text);
}

/** The first revision of a tree or class that has no label because several begin it. */
function firstOf(view: RevisionGraph, text: string): number | undefined {
  const tree = view.trees.get(text);
  const scope = tree === undefined ? classScope(view, text) : { kind: "tree" as const, tree };
  if (scope === undefined) return undefined;
  const members = new Set(nodesIn(view, scope));
  const first = [...members].filter(
    (node) => !neighbours(view.graph.parents, node).some((below) => members.has(below)),
  );
  return onlyOne(view, first, text);
}

function versionIn(
  view: RevisionGraph,
  members: readonly number[],
  version: string,
  preferred: string | null,
): number | undefined {
  const found = members.filter((node) => view.revisions[node]?.version === version);
  const near = found.filter((node) => preferred !== null && view.branchOf[node] === preferred);
  return onlyOne(view, near.length > 0 ? near : found, version);
}

function withBeginning(view: RevisionGraph, members: readonly number[], text: string): number[] {
  const found = members.filter((node) => idOf(view.graph, node).startsWith(text));
  if (found.length > 0) return found;
  const inside = new Set(members);
  const labelled = [...view.graph.byLabel].filter(
    ([label, node]) => label.startsWith(text) && inside.has(node),
  );
  return [...new Set(labelled.map(([, node]) => node))];
}

function onlyOne(view: RevisionGraph, nodes: readonly number[], text: string): number | undefined {
  if (nodes.length < 2) return nodes[0];
  const names = nodes.map((node) => {
    const branch = valueAt(view.branchOf, node);
    const tree = managerOf(view, node) + (branch === null ? "" : `-${branch}`);
    return `${describeNode(view, node)} of ${tree}`;
  });
  throw problem("ambiguous-prefix", `'${text}' may be any of: ${enumerate(names)}.`, "Give more of it.");
}
