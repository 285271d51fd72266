/** Answers a graph case: from its graph, operation, target, options and current rows alone. */
import { createHash } from "node:crypto";
import { GodwitError } from "../../lib/errors.js";
import {
  bases,
  effectiveHeads,
  type Graph,
  type GraphNode,
  heads,
  idOf,
  idsOf,
} from "../../lib/graph/graph.js";
import { loadGraph } from "../../lib/graph/load.js";
import { createRevision } from "../../lib/graph/operations/create.js";
import { checkAtHeads, currentOfTable } from "../../lib/graph/operations/current.js";
import { downgradeTable } from "../../lib/graph/operations/downgrade.js";
import { historyOfTable, resolveWithWalk } from "../../lib/graph/operations/history.js";
import { branchPointsByAge, inspectGraph } from "../../lib/graph/operations/inspect.js";
import { resolveOne } from "../../lib/graph/operations/names.js";
import type { TableMove } from "../../lib/graph/operations/rows.js";
import { stampTable } from "../../lib/graph/operations/stamp.js";
import { upgradeTable } from "../../lib/graph/operations/upgrade.js";
import { problem } from "../../lib/graph/problems.js";

/** A case as it stands in a file, without its expected answer. */
export interface GraphCase {
  readonly name: string;
  readonly graph: string;
  readonly op: string;
  readonly target?: string | readonly string[] | null;
  readonly current?: readonly string[];
  readonly options?: CaseOptions;
}

interface CaseOptions {
  readonly sql?: boolean;
  readonly purge?: boolean;
  readonly splice?: boolean;
  readonly dependsOn?: string | readonly string[];
  readonly labels?: readonly string[];
  readonly id?: string;
  readonly resolveDependencies?: boolean;
  readonly digest?: boolean;
}

/** A revision as it stands in a file: an object, or an array with empty tails left out. */
export type CaseRevision = GraphNode | CaseTuple;

type CaseTuple = readonly [id: string, parents?: Names, dependsOn?: Names, labels?: Names];

type Names = readonly string[];

export type Answer = Readonly<Record<string, unknown>>;

/** A graph, or why it is none; loaded once for all cases that use it. */
export interface CaseGraph {
  readonly nodes: readonly GraphNode[];
  readonly graph: Graph | GodwitError;
}

/** Loads a graph of a file. */
export function loadCaseGraph(revisions: readonly CaseRevision[]): CaseGraph {
  const nodes = revisions.map(nodeFrom);
  try {
    return { nodes, graph: loadGraph(nodes) };
  } catch (error) {
    if (error instanceof GodwitError) return { nodes, graph: error };
    throw error;
  }
}

/** Answers one case; an error is an answer, too: `internal` is one that the model does not know, and a defect. */
export function answerCase(graph: CaseGraph, asked: GraphCase): Answer {
  try {
    if (graph.graph instanceof GodwitError) throw graph.graph;
    return answer(graph.graph, graph.nodes, asked);
  } catch (error) {
    if (error instanceof GodwitError) return { error: error.code, message: error.message };
    return { error: "internal", message: String(error) };
  }
}

function nodeFrom(revision: CaseRevision): GraphNode {
  if (!isTuple(revision)) return revision;
  const [id, parents = [], dependsOn = [], labels = []] = revision;
  return { id, parents, dependsOn, labels };
}

function isTuple(revision: CaseRevision): revision is CaseTuple {
  return Array.isArray(revision);
}

function answer(graph: Graph, nodes: readonly GraphNode[], asked: GraphCase): Answer {
  const { op, target, options = {} } = asked;
  const rows = asked.current ?? [];
  const targets = target === undefined || target === null ? [] : [target].flat();
  const only = targets[0];
  switch (op) {
    case "upgrade":
      return moved(upgrade(graph, rows, targets, options), options);
    case "downgrade":
      return moved(downgrade(graph, rows, only ?? "", options), options);
    case "stamp":
      return moved(stamp(graph, rows, targets, options), options);
    case "history":
      return listed(historyOfTable(graph, rows, only), options);
    case "heads":
      return listed(
        idsOf(graph, (options.resolveDependencies === true ? effectiveHeads : heads)(graph)),
        options,
      );
    case "bases":
      return listed(idsOf(graph, bases(graph)), options);
    case "branches":
      return listed(branchPointsByAge(graph), options);
    case "resolve":
      return listed(
        resolveWithWalk(graph, only ?? "").map((node) => (node === undefined ? null : idOf(graph, node))),
        options,
      );
    case "current":
      return listed(currentOfTable(graph, rows), options);
    case "current-check":
      checkAtHeads(graph, rows);
      return { ok: true };
    case "revision":
    case "merge":
      return created(graph, nodes, targets, options);
    case "inspect":
      return { ...inspectGraph(graph) };
    default:
      throw problem("bad-option", `There is no operation '${op}'.`);
  }
}

/** The start and the target of an offline run: `a:b`. */
function offline(graph: Graph, target: string): { rows: string[]; target: string } | null {
  const [start = "", end, ...more] = target.split(":");
  if (end === undefined) return null;
  if (more.length > 0) throw problem("bad-range-syntax", `'${target}' has more than one ':'.`);
  if (start === "")
    throw problem("bad-range-syntax", `'${target}' does not say where it starts.`, "Say `base:B` for all.");
  const node = resolveOne(graph, start);
  return { rows: node === undefined ? [] : [idOf(graph, node)], target: end };
}

function refuseRange(targets: readonly string[]): void {
  const range = targets.find((target) => target.includes(":"));
  if (range !== undefined)
    throw problem(
      "range-not-allowed",
      `'${range}' is a range, which only an offline run takes.`,
      "Add --sql.",
    );
}

function upgrade(
  graph: Graph,
  rows: readonly string[],
  targets: readonly string[],
  { sql }: CaseOptions,
): TableMove {
  if (sql !== true) {
    refuseRange(targets);
    return upgradeTable(graph, rows, targets);
  }
  const ranges = targets.map((target) => offline(graph, target) ?? { rows: [], target });
  return upgradeTable(
    graph,
    ranges[0]?.rows ?? [],
    ranges.map(({ target }) => target),
  );
}

function downgrade(graph: Graph, rows: readonly string[], target: string, { sql }: CaseOptions): TableMove {
  if (sql !== true) {
    refuseRange([target]);
    return downgradeTable(graph, rows, target);
  }
  const range = offline(graph, target);
  if (range === null)
    throw problem(
      "bad-range-syntax",
      "An offline downgrade needs to know where it starts.",
      "Give a range: `A:B`.",
    );
  return downgradeTable(graph, range.rows, range.target);
}

function stamp(
  graph: Graph,
  rows: readonly string[],
  targets: readonly string[],
  options: CaseOptions,
): TableMove {
  const before = options.purge === true ? "purged" : "kept";
  if (options.sql !== true) return stampTable(graph, rows, targets, before);
  if (options.purge === true) throw problem("bad-option", "An offline stamp has no rows to purge.");
  const ranges = targets.map((target) => offline(graph, target) ?? { rows: [], target });
  const starts = new Set(ranges.flatMap((range) => range.rows));
  if (starts.size > 1) throw problem("bad-range-syntax", "An offline stamp has one start.");
  return stampTable(
    graph,
    [...starts],
    ranges.map(({ target }) => target),
    before,
  );
}

function created(
  graph: Graph,
  nodes: readonly GraphNode[],
  targets: readonly string[],
  options: CaseOptions,
): Answer {
  return {
    ...createRevision(graph, nodes, {
      id: options.id ?? "newrev000001",
      on: targets.length === 0 ? ["head"] : targets,
      dependsOn: [options.dependsOn ?? []].flat(),
      labels: options.labels ?? [],
      place: options.splice === true ? "anywhere" : "head",
    }),
  };
}

function moved(move: TableMove, { digest }: CaseOptions): Answer {
  if (digest !== true) return { ...move };
  return {
    ...move,
    ...digested(
      "steps",
      move.steps.map((step) => step.revision),
    ),
  };
}

function listed(revisions: readonly (string | null)[], { digest }: CaseOptions): Answer {
  if (digest !== true) return { revisions };
  return {
    revisions,
    ...digested(
      "revisions",
      revisions.map((id) => id ?? ""),
    ),
  };
}

/** What stands for a long answer where a case gives a digest. */
function digested(name: string, ids: readonly string[]): Answer {
  return {
    [`${name}Count`]: ids.length,
    [`${name}First`]: ids.slice(0, 5),
    [`${name}Last`]: ids.slice(-5),
    [`${name}Sha256`]: createHash("sha256").update(ids.join("\n")).digest("hex"),
  };
}
