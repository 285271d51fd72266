/** Lists of revisions for people: history, heads, branch points, what is pending. */
import { InputError } from "../../errors.js";
import type { Revision } from "../revision.js";
import { resolveRevision } from "./names.js";
import { Planner } from "./planner.js";
import type { AppliedState, Policy } from "./planner.js";
import { parseTarget } from "./targets.js";
import { ancestorsOf, descendantsOf, tipsOf } from "./trees.js";
import type { RevisionGraph } from "./trees.js";

/** What `upgrade head` would run in each tree: what lies between where it stands and the tip of its branch. */
export function pending(graph: RevisionGraph, state: AppliedState, policy: Policy): Map<string, string[]> {
  const open = new Map<string, string[]>();
  for (const manager of graph.managers) {
    const heads = state.heads.get(manager) ?? [];
    if (heads.length === 0 && policy.unrecordedTrees === "left-alone") continue;
    if (heads.some((id) => graph.revision(id) === undefined)) continue;
    const planner = new Planner(graph, state);
    for (const tip of tipsOf(graph, manager, heads)) planner.reach(resolveRevision(graph, tip));
    open.set(
      manager,
      planner.steps.filter((step) => step.manager === manager).map((step) => step.revision),
    );
  }
  return open;
}

/**
 * Revisions, newest first, tree by tree.
 * @param range `A:B`; both ends included, either may be left out; `current` is where the repository stands
 * @throws InputError `bad-range-syntax`, `not-an-ancestor`
 */
export function historyOf(
  graph: RevisionGraph,
  state: AppliedState | null,
  range: string | undefined,
): Revision[] {
  const wanted = range === undefined ? null : idsInRange(graph, state, range);
  return graph.managers.flatMap((manager) =>
    newestFirst(graph, manager).filter(({ id }) => wanted === null || wanted.has(id)),
  );
}

function idsInRange(graph: RevisionGraph, state: AppliedState | null, range: string): Set<string> {
  const ends = range.split(":");
  if (ends.length !== 2) {
    throw new InputError("bad-range-syntax", `"${range}" is no range.`, { hint: "Write A:B, A: or :B." });
  }
  const [low = "", high = ""] = ends;
  const upper = endOf(graph, state, high, "heads");
  const lower = endOf(graph, state, low, "base");
  const shown = ancestorsOf(graph, upper);
  if (lower.length === 0) return shown;
  const stray = lower.find((id) => !shown.has(id));
  if (stray !== undefined) {
    throw new InputError("not-an-ancestor", `${stray} is not below ${high === "" ? "any head" : high}.`);
  }
  const above = descendantsOf(graph, lower);
  return new Set([...shown].filter((id) => above.has(id)));
}

function endOf(
  graph: RevisionGraph,
  state: AppliedState | null,
  text: string,
  otherwise: "base" | "heads",
): string[] {
  const name = text === "" ? otherwise : text;
  if (name === "current" || name.startsWith("-")) return currentHeads(graph, state, name);
  const target = parseTarget(graph, name);
  if (target.kind === "revision") return [steppedDown(graph, state, target.revision, -target.steps)];
  if (target.kind === "base") return [];
  const managers = target.scope === null ? graph.managers : [target.scope.manager];
  return managers.flatMap((manager) => tipsOf(graph, manager, []));
}

function currentHeads(graph: RevisionGraph, state: AppliedState | null, name: string): string[] {
  if (state === null) {
    throw new InputError("no-repository", `"${name}" needs a repository.`, { hint: "Add --repo." });
  }
  const heads = [...state.heads.values()].flat();
  const steps = name === "current" ? 0 : Number(name.slice(1));
  return heads.map((id) => steppedDown(graph, state, resolveRevision(graph, id), steps));
}

/** Some steps down, but not below the root. */
function steppedDown(
  graph: RevisionGraph,
  state: AppliedState | null,
  start: Revision,
  steps: number,
): string {
  const planner = new Planner(graph, state ?? { heads: new Map(), order: [] });
  let at = start;
  for (let step = 0; step < steps; step += 1) at = planner.below(at)[0] ?? at;
  return at.id;
}

/** An order in which each revision comes before what it is built on. */
function newestFirst(graph: RevisionGraph, manager: string): Revision[] {
  const tree = graph.tree(manager);
  const waits = new Map(tree.map(({ id }) => [id, graph.children(id).length]));
  const free = tree.filter(({ id }) => waits.get(id) === 0);
  const order: Revision[] = [];
  for (let revision = free.pop(); revision !== undefined; revision = free.pop()) {
    order.push(revision);
    for (const id of revision.parents) {
      const parent = graph.revision(id);
      if (parent === undefined) continue;
      const left = (waits.get(parent.id) ?? 0) - 1;
      waits.set(parent.id, left);
      if (left === 0) free.push(parent);
    }
  }
  return order;
}

/** Revisions without children, in load order. */
export function headsOfGraph(graph: RevisionGraph): Revision[] {
  return graph.revisions.filter(({ id }) => graph.children(id).length === 0);
}

/** Revisions from which several branches start, in load order. */
export function branchPointsOf(graph: RevisionGraph): Revision[] {
  return graph.revisions.filter(({ id }) => graph.children(id).length > 1);
}
