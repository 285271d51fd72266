import { reach } from "../closure.js";
import { idOf, neighbours } from "../graph.js";
import { problem } from "../problems.js";
import { describeNode, nodeOf, type RevisionGraph, type Tree } from "./forest.js";
import { namedNode, type NarrowScope, nodeIn, nodesIn, type Scope, scopeName, scopeOf } from "./names.js";
import type { Standing } from "./standing.js";
import { onlyTip, tipsIn, tipsOfTree } from "./tips.js";
import { valueAt, valueOf } from "../../known.js";

/** What a repository allows. */
export interface Policy {
  /** Whether `head` starts a tree of which nothing is recorded. */
  readonly unrecordedTrees: "left-alone" | "started";
  /** Whether a tree may stand on several revisions at once; by default only where unrecorded trees are started. */
  readonly parallelTips?: "allowed" | "refused";
}

/** A target, taken apart; `name` is what stands for a revision or a position. */
export interface Target {
  readonly scope: Scope;
  readonly symbol:
    { readonly kind: "head" | "heads" | "base" | "here" } | { readonly kind: "node"; readonly node: number };
  /** Steps to walk from there; null where the target is absolute. */
  readonly steps: number | null;
}

/** Steps to walk, within what stands before `@`; negative ones lead down. */
export interface Walk {
  readonly scope: Scope;
  readonly steps: number;
}

/** Everything that a target can be resolved against. */
export interface Place {
  readonly view: RevisionGraph;
  readonly standing: Standing;
  readonly policy: Policy;
}

const everything: Scope = { kind: "all" };

/**
 * Takes a target apart. Exact names go before the reading as a relative target, so that a manager `a-1` can be named.
 * @throws InputError `unknown-revision`, `unknown-branch`, `not-in-branch` or `ambiguous-prefix`
 */
export function parseTarget({ view, standing }: Place, text: string): Target {
  const at = text.indexOf("@");
  const scope = at === -1 ? everything : scopeOf(view, text.slice(0, at));
  const rest = text.slice(at + 1);
  if (rest === "head" || rest === "heads" || rest === "base")
    return { scope, symbol: { kind: rest }, steps: null };
  const relative = /^(.*?)([+-]\d+)$/s.exec(rest);
  if (relative === null || isExact(view, scope, rest))
    return { scope, symbol: nodeSymbol(view, standing, scope, rest), steps: null };
  const [, start = "", steps = ""] = relative;
  if (start === "") return { scope, symbol: { kind: "here" }, steps: Number(steps) };
  if (start === "head" || start === "base") return { scope, symbol: { kind: start }, steps: Number(steps) };
  return { scope, symbol: nodeSymbol(view, standing, scope, start), steps: Number(steps) };
}

function isExact(view: RevisionGraph, scope: Scope, text: string): boolean {
  if (nodeOf(view, text) !== undefined || view.graph.byLabel.has(text) || view.trees.has(text)) return true;
  return scope.kind !== "all" && nodesIn(view, scope).some((node) => view.revisions[node]?.version === text);
}

function nodeSymbol(view: RevisionGraph, standing: Standing, scope: Scope, text: string): Target["symbol"] {
  if (scope.kind === "all") return { kind: "node", node: namedNode(view, text) };
  const [current] = standing.heads.get(scope.tree.manager) ?? [];
  const preferred = current === undefined ? null : valueAt(view.branchOf, current);
  return { kind: "node", node: nodeIn(view, scope, text, preferred) };
}

/**
 * The revisions that an upgrade to a target has to reach.
 * @throws InputError as for `parseTarget`, and `multiple-heads`, `relative-out-of-range`, `ambiguous-start`, `ambiguous-walk`
 */
export function upgradeGoals(place: Place, text: string): number[] {
  const target = parseTarget(place, text);
  const { scope, steps } = target;
  if (steps === null) return absoluteNodes(place, target);
  if (target.symbol.kind === "here" && steps <= 0)
    throw problem(
      "relative-out-of-range",
      `'${text}' does not lead up.`,
      "An upgrade takes `+1` and more; `godwit downgrade` takes `-1` and more.",
    );
  const here = target.symbol.kind === "here" ? treeToRaise(place, target, text) : null;
  const start = here === null ? namedStart(place, target, text) : currentOf(place, here, text);
  const reached = walk(place, { scope: here ?? scope, steps }, text, start, (node) =>
    neighbours(place.view.graph.parents, node),
  );
  if (reached === undefined)
    throw problem("relative-out-of-range", `'${text}' ends before the first revision.`);
  return [reached];
}

/**
 * The revisions that an absolute target names; none for `base`.
 * @throws InputError `multiple-heads`
 */
export function absoluteNodes(place: Place, { scope, symbol }: Target): number[] {
  const { view, standing } = place;
  if (symbol.kind === "node") return [symbol.node];
  if (symbol.kind === "here" || symbol.kind === "base") return [];
  const { kind } = symbol;
  if (scope.kind === "all") return treesToMove(place).flatMap((tree) => treeTips(place, tree, kind));
  const tips = tipsIn(view, standing, scope);
  return kind === "head" ? onlyTip(view, tips, scope) : tips;
}

/** The trees that `head` without a tree before it means. */
export function treesToMove({ view, standing, policy }: Place): Tree[] {
  return [...view.trees.values()].filter(
    (tree) => policy.unrecordedTrees === "started" || standing.heads.has(tree.manager),
  );
}

function treeTips({ view, standing }: Place, tree: Tree, kind: "head" | "heads"): number[] {
  const tips = tipsOfTree(view, standing, tree);
  const undecided = !standing.heads.has(tree.manager) && tree.branches.size > 1;
  return kind === "head" || undecided ? onlyTip(view, tips, { kind: "tree", tree }) : tips;
}

/**
 * The revision that a relative target counts from, where it names one; undefined for `base`.
 * @throws InputError `multiple-heads`
 */
export function namedStart(place: Place, target: Target, text: string): number | undefined {
  const [node, ...others] = absoluteNodes(place, target);
  if (others.length > 0)
    throw problem(
      "multiple-heads",
      `'${text}' starts from several tips.`,
      "Name one tree: `MANAGER@head-1`.",
    );
  return node;
}

/** Within what `+n` is counted: one tree, where nothing stands before `@`. */
function treeToRaise(place: Place, { scope }: Target, text: string): NarrowScope {
  return scope.kind === "all" ? { kind: "tree", tree: onlyTreeToRaise(place, text) } : scope;
}

/** What `+n` counts from: the only position in the scope. */
function currentOf(place: Place, scope: NarrowScope, text: string): number | undefined {
  const { view, standing } = place;
  const positions = standing.heads.get(scope.tree.manager) ?? [];
  const inside = new Set(nodesIn(view, scope));
  const inScope = positions.filter((node) => inside.has(node));
  if (inScope.length > 1)
    throw problem(
      "ambiguous-start",
      `${scope.tree.manager} stands on several revisions: ${inScope.map((node) => describeNode(view, node)).join(", ")}.`,
      `Count from one of them: ${inScope.map((node) => idOf(view.graph, node) + text.slice(text.search(/[+-]\d+$/))).join(" or ")}.`,
    );
  const [only] = inScope;
  if (only !== undefined) return only;
  const below = positions.filter((node) => reach(view.graph.children, [node]).has(firstOf(scope, inside)));
  if (below.length === positions.length) return below[0];
  throw problem(
    "ambiguous-start",
    `${scope.tree.manager} does not stand on ${scopeName(view, scope)}, so there is nothing to count from.`,
    `Name the revision or version to reach, as \`${scopeName(view, scope)}@head\`.`,
  );
}

function firstOf(scope: NarrowScope, members: ReadonlySet<number>): number {
  if (scope.kind === "revision") return scope.node;
  return valueAt([...members], 0);
}

function onlyTreeToRaise(place: Place, text: string): Tree {
  const { view, standing } = place;
  const trees = treesToMove(place);
  const started = trees.filter((tree) => standing.heads.has(tree.manager));
  const isMovable = (tree: Tree): boolean =>
    valueOf(standing.heads, tree.manager).some((node) => stepsUp(view, everything, node).length > 0);
  const raised = started.filter(isMovable);
  // Where none of them can go on, a tree of which nothing is applied yet is meant.
  const movable = raised.length > 0 ? raised : trees.filter((tree) => !started.includes(tree));
  const [only, ...others] = movable;
  if (only === undefined)
    throw problem(
      "relative-out-of-range",
      `'${text}' leads past the last revision: no tree has one left above.`,
    );
  if (others.length === 0) return only;
  throw problem(
    "ambiguous-start",
    `'${text}' may mean any of ${movable.map((tree) => tree.manager).join(", ")}.`,
    movable.map((tree) => `godwit upgrade ${tree.manager}@${text}`).join("\n"),
  );
}

/**
 * Walks up or down from a node, or up from nothing (undefined).
 * @param downs where a step down leads
 * @param tooFar what becomes of a walk that leads below the first revision
 * @returns the node that is reached; undefined below the first
 */
export function walk(
  place: Place,
  { scope, steps }: Walk,
  text: string,
  start: number | undefined,
  downs: (node: number) => readonly number[],
  tooFar: "refused" | "stopped" = "refused",
): number | undefined {
  const { view } = place;
  let at = start;
  for (let step = 0; step < Math.abs(steps); step++) {
    if (steps < 0 && at === undefined && tooFar === "stopped") return undefined;
    if (steps < 0 && at === undefined)
      throw problem("relative-out-of-range", `'${text}' ends before the first revision.`);
    const next = at !== undefined && steps < 0 ? downs(at) : stepsUp(view, scope, at);
    if (next.length > 1)
      throw problem(
        "ambiguous-walk",
        `'${text}' can go on from ${at === undefined ? "nothing" : describeNode(view, at)} to any of ${next.map((node) => describeNode(view, node)).join(", ")}.`,
        "Name the revision.",
      );
    const [only] = next;
    if (only === undefined && steps > 0)
      throw problem("relative-out-of-range", `'${text}' leads past the last revision.`);
    at = only;
  }
  return at;
}

/** Where a step up can lead: to the children of the same class, within the scope. */
function stepsUp(view: RevisionGraph, scope: Scope, from: number | undefined): number[] {
  const inside = scope.kind === "all" ? undefined : new Set(nodesIn(view, scope));
  if (from === undefined) {
    const bottom = scope.kind === "class" ? scope.tree.nodes : nodesIn(view, scope);
    return bottom.filter((node) => neighbours(view.graph.parents, node).length === 0);
  }
  const branch = valueAt(view.branchOf, from);
  return neighbours(view.graph.children, from).filter(
    (node) =>
      (branch === null || view.branchOf[node] === branch) && (inside === undefined || inside.has(node)),
  );
}
