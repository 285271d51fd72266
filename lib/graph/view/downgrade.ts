import { InputError, RefusedError } from "../../errors.js";
import type { Revision } from "../revision.js";
import { resolveRevision } from "./names.js";
import type { Scope } from "./names.js";
import { Planner } from "./planner.js";
import type { AppliedState, StepPlan } from "./planner.js";
import { parseTarget } from "./targets.js";
import { descendantsOf } from "./trees.js";
import type { RevisionGraph } from "./trees.js";
import { descendTo } from "./upgrade.js";
import { findWay } from "./ways.js";

/**
 * The steps that lead back to a target, newest first; what depends on them in other trees is undone before.
 *
 * @throws InputError about targets that stand for nothing, or are not applied
 * @throws RefusedError `order-unknown` for `-n` where the order of application is not known
 */
export function planDowngrade(graph: RevisionGraph, state: AppliedState, text: string): StepPlan {
  const planner = new Planner(graph, state);
  const target = parseTarget(graph, text);
  switch (target.kind) {
    case "head":
    case "heads":
      throw new InputError("bad-target", `"${text}" is above; downgrade does not go there.`, {
        hint: `godwit upgrade ${text}`,
      });
    case "base":
      undoAll(graph, planner, target.scope);
      break;
    case "relative":
      undoRelative(graph, planner, state, target.scope, target.steps, text);
      break;
    case "revision":
      goBackTo(graph, planner, landing(graph, planner, target.revision, target.steps, text), text);
      break;
  }
  const note = planner.steps.length > 0 ? null : `Nothing to do: the repository is at ${text} already.`;
  return { steps: planner.steps, note };
}

function undoAll(graph: RevisionGraph, planner: Planner, scope: Scope | null): void {
  const managers = scope === null ? graph.managers : [scope.manager];
  undo(
    graph,
    planner,
    managers.flatMap((manager) => appliedOf(graph, planner, manager)),
  );
}

function appliedOf(graph: RevisionGraph, planner: Planner, manager: string): Revision[] {
  return graph.tree(manager).filter((revision) => planner.isApplied(revision));
}

function undoRelative(
  graph: RevisionGraph,
  planner: Planner,
  state: AppliedState,
  scope: Scope | null,
  steps: number,
  text: string,
): void {
  if (steps >= 0) {
    throw new InputError("relative-out-of-range", `"${text}" does not lead down.`, {
      hint: `godwit upgrade ${text}`,
    });
  }
  if (scope === null) {
    for (let count = 0; count < -steps; count += 1) undoLast(graph, planner, state, count, text);
    return;
  }
  const heads = planner.heads(scope.manager);
  const [head, other] = heads;
  if (head === undefined) {
    throw new InputError("relative-out-of-range", `Nothing of "${scope.manager}" is applied.`);
  }
  if (other !== undefined) {
    throw new InputError("ambiguous-start", `"${scope.manager}" stands on ${heads.join(", ")}.`, {
      hint: `Name what to go back to: godwit downgrade <revision>`,
    });
  }
  const start = resolveRevision(graph, head);
  goBackTo(
    graph,
    planner,
    { manager: scope.manager, revision: descendTo(planner, start, -steps, text) },
    text,
  );
}

/** Undoes the step that was applied last, whatever its tree. */
function undoLast(
  graph: RevisionGraph,
  planner: Planner,
  state: AppliedState,
  count: number,
  text: string,
): void {
  const open = state.order.filter(({ revision }) => isHead(planner, graph.revision(revision)));
  const started = [...state.heads.keys()].filter((manager) => planner.heads(manager).length > 0);
  if (started.length === 0) {
    throw new InputError(
      "relative-out-of-range",
      `"${text}" leads too far: only ${count} steps are applied.`,
    );
  }
  const last = open.reduce((most, { seq }) => (seq > most ? seq : most), -1n);
  const latest = [...new Set(open.filter(({ seq }) => seq === last).map(({ revision }) => revision))];
  const [id, other] = latest;
  const revision = id === undefined ? undefined : graph.revision(id);
  if (revision === undefined || other !== undefined) throw orderUnknown(started, text);
  undo(graph, planner, [revision]);
}

function isHead(planner: Planner, revision: Revision | undefined): boolean {
  return revision !== undefined && planner.heads(revision.manager).includes(revision.id);
}

function orderUnknown(managers: readonly string[], text: string): RefusedError {
  return new RefusedError(
    "order-unknown",
    `It is not known which step was applied last, so that "${text}" could be any of them.`,
    {
      hint: `Name the tree:\n${managers.map((manager) => `  godwit downgrade ${manager}@${text}`).join("\n")}`,
    },
  );
}

/** Where a downgrade ends in a tree: null is below its root. */
interface Landing {
  readonly manager: string;
  readonly revision: Revision | null;
}

function landing(
  graph: RevisionGraph,
  planner: Planner,
  revision: Revision,
  steps: number,
  text: string,
): Landing {
  const { manager } = revision;
  if (steps <= 0) return { manager, revision: descendTo(planner, revision, -steps, text) };
  let at = revision;
  for (let step = 0; step < steps; step += 1) {
    const [next, other] = graph.children(at.id).filter((child) => planner.isApplied(child));
    if (next === undefined || other !== undefined) {
      throw new InputError("relative-out-of-range", `"${text}" does not name one applied revision.`);
    }
    at = next;
  }
  return { manager, revision: at };
}

function goBackTo(
  graph: RevisionGraph,
  planner: Planner,
  { manager, revision }: Landing,
  text: string,
): void {
  if (revision === null) {
    undo(graph, planner, appliedOf(graph, planner, manager));
    return;
  }
  if (!planner.isApplied(revision)) {
    goBackOverSwitch(graph, planner, revision, text);
    return;
  }
  const above = descendantsOf(graph, [revision.id]);
  above.delete(revision.id);
  undo(
    graph,
    planner,
    appliedOf(graph, planner, manager).filter(({ id }) => above.has(id)),
  );
}

/** The target is of the class before a switch. */
function goBackOverSwitch(graph: RevisionGraph, planner: Planner, target: Revision, text: string): void {
  const [head] = planner.heads(target.manager).flatMap((id) => graph.revision(id) ?? []);
  if (head === undefined || head.branch === target.branch) {
    throw new InputError(
      "not-an-ancestor",
      `Revision ${target.id} ("${text}") is not applied, so that nothing leads back to it.`,
      {
        hint: "`godwit history -i` shows what is applied.",
      },
    );
  }
  for (const move of findWay(graph, head, target)) {
    if (move.kind === "up" || move.kind === "forth") {
      throw new InputError(
        "not-an-ancestor",
        `Revision ${target.id} ("${text}") is not below where "${target.manager}" stands.`,
        {
          hint: `godwit upgrade ${text}`,
        },
      );
    }
    if (move.kind === "down") undo(graph, planner, [move.from]);
    else planner.back(move.edge);
  }
}

/** Undoes revisions, and before them all applied ones that need them, in this tree and others. */
function undo(graph: RevisionGraph, planner: Planner, revisions: readonly Revision[]): void {
  const affected = new Map<string, Revision>();
  const open = [...revisions];
  for (let revision = open.pop(); revision !== undefined; revision = open.pop()) {
    if (affected.has(revision.id) || !planner.isApplied(revision)) continue;
    affected.set(revision.id, revision);
    open.push(...graph.children(revision.id), ...graph.dependents(revision.id));
  }
  for (const revision of newestFirst(graph, [...affected.values()])) planner.down(revision);
}

/** An order in which nothing goes before what needs it. */
function newestFirst(graph: RevisionGraph, revisions: readonly Revision[]): Revision[] {
  const left = new Set(revisions.map(({ id }) => id));
  const above = (revision: Revision): number =>
    [...graph.children(revision.id), ...graph.dependents(revision.id)].filter(({ id }) => left.has(id))
      .length;
  const waits = new Map(revisions.map((revision) => [revision.id, above(revision)]));
  const free = revisions
    .filter(({ id }) => waits.get(id) === 0)
    .toSorted((a, b) => (a.manager < b.manager ? 1 : -1));
  const order: Revision[] = [];
  for (let revision = free.pop(); revision !== undefined; revision = free.pop()) {
    order.push(revision);
    const below = [
      ...revision.parents.flatMap((id) => graph.revision(id) ?? []),
      ...graph.dependencies(revision.id),
    ];
    for (const one of below) {
      const count = (waits.get(one.id) ?? 0) - 1;
      waits.set(one.id, count);
      if (count === 0 && left.has(one.id)) free.push(one);
    }
  }
  return order;
}
