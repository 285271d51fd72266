import { reach } from "../closure.js";
import { heads, idOf, neighbours } from "../graph.js";
import { problem } from "../problems.js";
import { describeNode, managerOf, type RevisionGraph, type Tree } from "./forest.js";
import { type NarrowScope, nodesIn, scopeName } from "./names.js";
import type { Standing } from "./standing.js";
import { valueAt, valueOf } from "../../known.js";

/** Members of a set of nodes that have no child in it, and from which no switch leads on within their branch. */
function tipsOf(view: RevisionGraph, members: readonly number[]): number[] {
  let inside: Set<number> | undefined;
  return members.filter((node) => {
    if (view.trees.get(managerOf(view, node))?.sideways.has(node) === true) return false;
    const children = neighbours(view.graph.children, node);
    if (children.length === 0) return true;
    inside ??= new Set(members);
    for (const child of children) if (inside.has(child)) return false;
    return true;
  });
}

/**
 * The tips of the branch that a tree stands on; of a tree that is not started, or stands on no class yet, all its tips.
 */
export function tipsOfTree(view: RevisionGraph, standing: Standing, tree: Tree): number[] {
  const current = standing.heads.get(tree.manager) ?? [];
  const classes = current.map((node) => valueAt(view.branchOf, node)).filter((branch) => branch !== null);
  if (current.length > 0 && classes.length === current.length)
    return tipsOf(
      view,
      [...new Set(classes)].flatMap((branch) => valueOf(tree.branches, branch)),
    );
  const above = current.length === 0 ? undefined : reach(view.graph.children, current);
  return tipsOf(view, tree.nodes).filter(
    (node) => above === undefined || tree.branches.size === 0 || above.has(node),
  );
}

/** The tips within what stands before `@`. */
export function tipsIn(view: RevisionGraph, standing: Standing, scope: NarrowScope): number[] {
  if (scope.kind === "tree") return tipsOfTree(view, standing, scope.tree);
  if (scope.kind !== "revision") return tipsOf(view, nodesIn(view, scope));
  const related = new Set(nodesIn(view, scope));
  const branch = valueAt(view.branchOf, scope.node);
  const members = branch === null ? heads(view.graph) : valueOf(scope.tree.branches, branch);
  return tipsOf(view, members).filter((node) => related.has(node));
}

/**
 * The only tip.
 * @throws InputError `multiple-heads`, naming all with their files
 */
export function onlyTip(view: RevisionGraph, tips: readonly number[], scope: NarrowScope): number[] {
  if (tips.length < 2) return [...tips];
  const name = scopeName(view, scope);
  const manager = managerOf(view, valueAt(tips, 0));
  const ids = tips.map((tip) => idOf(view.graph, tip));
  const classes = new Set(tips.map((node) => valueAt(view.branchOf, node)));
  const ways = classes.size === tips.length ? [...classes].map((branch) => `${manager}-${branch}@head`) : ids;
  const which = `say which is meant: ${ways.join(" or ")}.`;
  throw problem(
    "multiple-heads",
    `${classes.size === 1 ? `The branch of ${name}` : name} has ${tips.length} tips: ${tips.map((tip) => describeNode(view, tip)).join(" and ")}.`,
    classes.size === 1
      ? `Merge them (\`godwit revision merge ${manager} ${ids.join(" ")}\`), or ${which}`
      : `S${which.slice(1)}`,
  );
}
