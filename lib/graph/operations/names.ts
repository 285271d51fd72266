import { lineage } from "../closure.js";
import { effectiveHeads, type Graph, heads, idsOf } from "../graph.js";
import { enumerate, problem } from "../problems.js";

/** What a name stands for. */
export interface Named {
  /** The revisions, none for `base`. */
  readonly nodes: readonly number[];
  /** What stands before `@`; empty where nothing does. */
  readonly branch: string;
}

/** Only names of more than three characters can be meant by a beginning. */
const shortestCompletable = 4;

/**
 * Resolves an absolute name: `base`, `head`, `heads`, an id, a label, a beginning of either, and each of them behind `branch@`.
 * @throws InputError `unknown-revision`, `ambiguous-prefix`, `unknown-branch`, `not-in-branch` or `multiple-heads`
 */
export function resolveName(graph: Graph, text: string): Named {
  const at = text.indexOf("@");
  const before = at === -1 ? "" : text.slice(0, at);
  const symbol = text.slice(at + 1);
  if (symbol === "base") return { nodes: [], branch: before };
  if (symbol === "head" || symbol === "heads") {
    const along = before === "" ? undefined : resolveBranch(graph, before, "unknown-revision");
    return {
      nodes: symbol === "head" ? oneHead(graph, along, text) : manyHeads(graph, along),
      branch: before,
    };
  }
  const branch = before === "" ? undefined : resolveBranch(graph, before);
  return { nodes: [resolveSymbol(graph, symbol, branch, text)], branch: before };
}

/**
 * Resolves a name that has to stand for one revision at most.
 * @returns undefined for `base`
 */
export function resolveOne(graph: Graph, text: string): number | undefined {
  const { nodes, branch } = resolveName(graph, text);
  if (nodes.length > 1) throw manyFound(graph, nodes, text);
  if (nodes.length === 0 && branch !== "") resolveBranch(graph, branch);
  return nodes[0];
}

/**
 * Resolves what stands before `@`: an id, a label, or a beginning of either.
 * @param otherwise the category where there is none: a branch that only narrows is looked up as any revision
 * @throws InputError that category, or `ambiguous-prefix` for a beginning of several that only narrows
 */
export function resolveBranch(
  graph: Graph,
  text: string,
  otherwise: "unknown-branch" | "unknown-revision" = "unknown-branch",
): number {
  const exact = exactly(graph, text);
  if (exact !== undefined) return exact;
  const found = completions(graph, text, undefined);
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only.node;
  if (only !== undefined)
    throw problem(
      otherwise === "unknown-branch" ? otherwise : "ambiguous-prefix",
      `Several revisions or labels begin with '${text}': ${enumerate(found.map(({ name }) => name))}.`,
      "Give more of it.",
    );
  throw problem(otherwise, `There is no branch '${text}': neither a label nor a revision.`);
}

function manyHeads(graph: Graph, branch: number | undefined): number[] {
  if (branch === undefined) return effectiveHeads(graph);
  const related = lineage(graph, [branch]);
  return heads(graph).filter((head) => related.has(head));
}

function oneHead(graph: Graph, branch: number | undefined, text: string): number[] {
  const found = branch === undefined ? heads(graph) : manyHeads(graph, branch);
  if (found.length > 1) throw manyFound(graph, found, text);
  return found;
}

function manyFound(graph: Graph, nodes: readonly number[], text: string): ReturnType<typeof problem> {
  return problem(
    "multiple-heads",
    `'${text}' stands for several revisions: ${enumerate(idsOf(graph, nodes))}.`,
    "Name one of them, or its branch: `BRANCH@head`.",
  );
}

function resolveSymbol(graph: Graph, symbol: string, branch: number | undefined, text: string): number {
  const exact = exactly(graph, symbol);
  if (exact === undefined) {
    const node = completed(graph, symbol, branch);
    if (node !== undefined) return node;
    throw problem("unknown-revision", `There is no revision or label '${text}'.`);
  }
  if (branch !== undefined && !lineage(graph, [branch]).has(exact))
    throw problem(
      "not-in-branch",
      `The revision ${idsOf(graph, [exact]).join("")} is not on a line with '${text.slice(0, text.indexOf("@"))}'.`,
    );
  return exact;
}

function exactly(graph: Graph, name: string): number | undefined {
  return graph.byId.get(name) ?? graph.byLabel.get(name);
}

/** The only node of which an id or label begins so. */
function completed(graph: Graph, beginning: string, branch: number | undefined): number | undefined {
  const found = completions(graph, beginning, branch);
  if (found.length > 1)
    throw problem(
      "ambiguous-prefix",
      `Several revisions or labels begin with '${beginning}': ${enumerate(found.map(({ name }) => name))}.`,
      "Give more of it.",
    );
  return found[0]?.node;
}

/** All ids and labels that begin so; a label and the id of one node are two. */
function completions(
  graph: Graph,
  beginning: string,
  branch: number | undefined,
): { readonly name: string; readonly node: number }[] {
  if (beginning === "") return [];
  const related = branch === undefined ? undefined : lineage(graph, [branch]);
  return [...graph.byId, ...graph.byLabel]
    .filter(
      ([name, node]) =>
        name.length >= shortestCompletable && name.startsWith(beginning) && related?.has(node) !== false,
    )
    .map(([name, node]) => ({ name, node }));
}
