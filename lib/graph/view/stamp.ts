import { InputError } from "../../errors.js";
import type { Revision } from "../revision.js";
import { multipleHeads, resolveRevision } from "./names.js";
import type { AppliedState } from "./planner.js";
import { parseTarget } from "./targets.js";
import { tipsOf } from "./trees.js";
import type { RevisionGraph } from "./trees.js";

/** New heads of one tree. */
export interface StampedHeads {
  readonly manager: string;
  /** Empty: nothing of the tree is applied. */
  readonly heads: readonly string[];
}

/**
 * The heads that targets name, tree by tree; trees that no target names stay as they are, unless `purge` forgets them.
 * @throws InputError `bad-target` for relative targets
 */
export function planStamp(
  graph: RevisionGraph,
  state: AppliedState,
  targets: readonly string[],
  rows: "keep" | "purge",
): StampedHeads[] {
  const stamped = new Map<string, string[]>();
  if (rows === "purge") for (const manager of state.heads.keys()) stamped.set(manager, []);
  const named = new Set<string>();
  for (const text of targets) {
    for (const { manager, heads } of headsNamed(graph, state, text)) {
      const before = named.has(manager) ? (stamped.get(manager) ?? []) : [];
      named.add(manager);
      stamped.set(manager, [...new Set([...before, ...heads])].toSorted());
    }
  }
  return [...stamped]
    .map(([manager, heads]) => ({ manager, heads }))
    .toSorted((a, b) => (a.manager < b.manager ? -1 : 1));
}

function headsNamed(graph: RevisionGraph, state: AppliedState, text: string): StampedHeads[] {
  const target = parseTarget(graph, text);
  if (target.kind === "relative" || (target.kind === "revision" && target.steps !== 0)) {
    throw new InputError("bad-target", `stamp takes no relative target ("${text}").`, {
      hint: "Name the revision itself.",
    });
  }
  if (target.kind === "revision") return [{ manager: target.revision.manager, heads: [target.revision.id] }];
  const managers = target.scope === null ? graph.managers : [target.scope.manager];
  if (target.kind === "base") return managers.map((manager) => ({ manager, heads: [] }));
  return managers.map((manager) => {
    const tips = tipsOf(graph, manager, state.heads.get(manager) ?? []).map((id): Revision =>
      resolveRevision(graph, id),
    );
    if (target.kind === "head" && tips.length > 1) throw multipleHeads(manager, tips);
    return { manager, heads: tips.map(({ id }) => id) };
  });
}
