import { InputError } from "../../errors.js";
import type { Revision } from "../revision.js";
import { multipleHeads, resolveRevision } from "./names.js";
import type { Scope } from "./names.js";
import { Planner } from "./planner.js";
import type { AppliedState, Policy, StepPlan } from "./planner.js";
import { parseTarget } from "./targets.js";
import type { Target } from "./targets.js";
import { tipsOf } from "./trees.js";
import type { RevisionGraph } from "./trees.js";

/**
 * The steps that lead up to the targets, in an order in which they can run. The same input gives the same order.
 *
 * @param targets none: `head`
 * @throws InputError about targets that stand for nothing, for several, or that cannot be reached
 */
export function planUpgrade(
  graph: RevisionGraph,
  state: AppliedState,
  targets: readonly string[],
  policy: Policy,
): StepPlan {
  const planner = new Planner(graph, state);
  const list = targets.length === 0 ? ["head"] : targets;
  for (const text of list) {
    const target = parseTarget(graph, text);
    for (const revision of goals(graph, planner, target, text, policy)) {
      planner.reachDependencies(revision);
      planner.reach(revision);
    }
  }
  const note =
    planner.steps.length > 0
      ? null
      : `Nothing to do: the repository is at or beyond ${list.join(", ")} already.`;
  return { steps: planner.steps, note };
}

function goals(
  graph: RevisionGraph,
  planner: Planner,
  target: Target,
  text: string,
  policy: Policy,
): Revision[] {
  switch (target.kind) {
    case "base":
      throw new InputError("bad-target", `"${text}" is below everything; upgrade does not go there.`, {
        hint: `godwit downgrade ${text}`,
      });
    case "head":
    case "heads": {
      const { kind } = target;
      return scopes(graph, planner, target.scope, policy).flatMap((scope) =>
        tips(graph, planner, scope, kind),
      );
    }
    case "relative":
      return [walkUp(graph, planner, target, text)];
    case "revision":
      return [walk(graph, planner, target)];
  }
}

/** The trees that a target concerns. */
function scopes(graph: RevisionGraph, planner: Planner, scope: Scope | null, policy: Policy): Scope[] {
  if (scope !== null) return [scope];
  return graph.managers
    .filter((manager) => policy.unrecordedTrees === "started" || planner.heads(manager).length > 0)
    .map((manager) => ({ manager, branch: null }));
}

function tips(
  graph: RevisionGraph,
  planner: Planner,
  { manager, branch }: Scope,
  kind: "head" | "heads",
): Revision[] {
  const ids =
    branch === null ? tipsOf(graph, manager, planner.heads(manager)) : tipsOfClass(graph, manager, branch);
  const found = ids.map((id) => resolveRevision(graph, id));
  if (kind === "head" && found.length > 1) throw multipleHeads(manager, found);
  return found;
}

function tipsOfClass(graph: RevisionGraph, manager: string, branch: string): string[] {
  const own = graph.tree(manager).filter((revision) => revision.branch === branch);
  const ids = new Set(own.map(({ id }) => id));
  return own.filter(({ id }) => !graph.children(id).some((child) => ids.has(child.id))).map(({ id }) => id);
}

function walkUp(
  graph: RevisionGraph,
  planner: Planner,
  { scope, steps }: Extract<Target, { kind: "relative" }>,
  text: string,
): Revision {
  if (steps <= 0) {
    throw new InputError("relative-out-of-range", `"${text}" does not lead up.`, {
      hint: `godwit downgrade ${text}`,
    });
  }
  const manager = scope?.manager ?? onlyTree(graph, planner, text);
  const heads = planner.heads(manager);
  if (heads.length > 1) {
    throw new InputError(
      "ambiguous-start",
      `"${manager}" stands on ${heads.join(", ")}, so that ${text} could start from each.`,
      {
        hint: `Name the start: ${heads[0]}+${steps}`,
      },
    );
  }
  const start = heads[0] === undefined ? null : resolveRevision(graph, heads[0]);
  return climb(graph, manager, start, steps, text);
}

/** The one tree that has something above where it stands. */
function onlyTree(graph: RevisionGraph, planner: Planner, text: string): string {
  const open = graph.managers.filter((manager) => {
    const heads = planner.heads(manager);
    return heads.length === 0
      ? graph.managers.length === 1
      : tipsOf(graph, manager, heads).some((tip) => !heads.includes(tip));
  });
  const [manager, other] = open;
  if (manager !== undefined && other === undefined) return manager;
  if (manager === undefined) throw outOfRange(text, "there is nothing above");
  throw new InputError("ambiguous-start", `"${text}" could move each of ${open.join(", ")}.`, {
    hint: open.map((one) => `godwit upgrade ${one}@${text}`).join("\n"),
  });
}

function climb(
  graph: RevisionGraph,
  manager: string,
  start: Revision | null,
  steps: number,
  text: string,
): Revision {
  let at = start;
  for (let step = 0; step < steps; step += 1) {
    const above: readonly Revision[] =
      at === null
        ? graph.tree(manager).filter(({ parents }) => parents.length === 0)
        : graph.children(at.id).filter(({ branch }) => at?.branch === null || branch === at?.branch);
    const [next, other] = above;
    if (next === undefined) throw outOfRange(text, `"${manager}" has only ${step} revisions above`);
    if (other !== undefined) {
      throw new InputError(
        "ambiguous-walk",
        `Going up in "${manager}" there are ${above.length} ways: ${above.map(({ id }) => id).join(", ")}.`,
      );
    }
    at = next;
  }
  if (at === null) throw outOfRange(text, "there is nothing above");
  return at;
}

/** `REV+1`, `REV-1`. */
function walk(
  graph: RevisionGraph,
  planner: Planner,
  { revision, steps }: Extract<Target, { kind: "revision" }>,
): Revision {
  const text = `${revision.id}${steps >= 0 ? "+" : ""}${steps}`;
  if (steps >= 0) return steps === 0 ? revision : climb(graph, revision.manager, revision, steps, text);
  return descend(planner, revision, -steps, text);
}

/** Goes down some steps from a revision. */
export function descend(planner: Planner, start: Revision, steps: number, text: string): Revision {
  const end = descendTo(planner, start, steps, text);
  if (end === null) throw outOfRange(text, "there is nothing below");
  return end;
}

/** As `descend`; null where it ends below the root. */
export function descendTo(planner: Planner, start: Revision, steps: number, text: string): Revision | null {
  let at: Revision | null = start;
  for (let step = 0; step < steps; step += 1) {
    if (at === null) throw outOfRange(text, `there are only ${step} revisions below`);
    const below: readonly Revision[] = planner.below(at);
    if (below.length > 1) {
      throw new InputError(
        "ambiguous-walk",
        `Going down from ${at.id} there are ${below.length} ways: ${below.map(({ id }) => id).join(", ")}.`,
      );
    }
    at = below[0] ?? null;
  }
  return at;
}

function outOfRange(text: string, reason: string): InputError {
  return new InputError("relative-out-of-range", `"${text}" leads too far: ${reason}.`, {
    hint: "`godwit history -i` shows where the repository stands.",
  });
}
