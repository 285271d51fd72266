/** Target expressions, as typed. */
import type { Revision } from "../revision.js";
import { resolveRevision, resolveScope } from "./names.js";
import type { Scope } from "./names.js";
import type { RevisionGraph } from "./trees.js";

export type Target =
  | { readonly kind: "head" | "heads" | "base"; readonly scope: Scope | null }
  /** `+2`, `datasets@-1` */
  | { readonly kind: "relative"; readonly scope: Scope | null; readonly steps: number }
  /** An id, a label, a version; `steps` up or down from there. */
  | { readonly kind: "revision"; readonly revision: Revision; readonly steps: number };

/**
 * Reads a target.
 * @throws InputError `unknown-revision`, `unknown-branch`, `ambiguous-prefix`, `not-in-branch`
 */
export function parseTarget(graph: RevisionGraph, text: string): Target {
  const position = text.indexOf("@");
  if (position < 0) return parseSymbol(graph, text, null);
  return parseSymbol(graph, text.slice(position + 1), resolveScope(graph, text.slice(0, position)));
}

function parseSymbol(graph: RevisionGraph, symbol: string, scope: Scope | null): Target {
  if (symbol === "head" || symbol === "heads" || symbol === "base") return { kind: symbol, scope };
  if (/^[+-]\d+$/.test(symbol)) return { kind: "relative", scope, steps: Number(symbol) };
  const walk = /^(.+?)([+-]\d+)$/.exec(symbol);
  if (walk === null || isExactName(graph, symbol)) {
    return { kind: "revision", revision: resolveRevision(graph, symbol, scope), steps: 0 };
  }
  return { kind: "revision", revision: resolveRevision(graph, walk[1] ?? "", scope), steps: Number(walk[2]) };
}

/** A label may itself end in a number. */
function isExactName(graph: RevisionGraph, symbol: string): boolean {
  return graph.revision(symbol) !== undefined || graph.labelled(symbol) !== undefined;
}
