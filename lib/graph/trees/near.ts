import { distance } from "fastest-levenshtein";
import type { RevisionGraph } from "./forest.js";

/** Names that are close to one that is unknown: ids and labels by spelling, closest first. */
export function nearMatches(view: RevisionGraph, text: string, limit = 3): string[] {
  const wanted = text.toLowerCase();
  const names = [...view.trees.keys(), ...view.graph.byLabel.keys(), ...view.graph.ids];
  const tolerance = Math.max(1, Math.floor(wanted.length / 3));
  return [...new Set(names)]
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .filter(({ far }) => far <= tolerance)
    .toSorted((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** A hint that offers what is spelled alike; undefined where nothing is. */
export function nearHint(view: RevisionGraph, text: string): string | undefined {
  const near = nearMatches(view, text);
  return near.length === 0 ? undefined : `Did you mean ${near.join(" or ")}?`;
}

/** A question that offers the word that is spelled most alike, with a space behind it; empty where none is. */
export function didYouMean(text: string, words: readonly string[]): string {
  const [nearest] = words
    .map((word) => ({ word, far: distance(text, word) }))
    .filter(({ far }) => far <= Math.max(1, Math.floor(text.length / 2)))
    .toSorted((a, b) => a.far - b.far);
  return nearest === undefined ? "" : `Did you mean ${nearest.word}? `;
}
