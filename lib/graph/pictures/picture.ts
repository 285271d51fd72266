/** A revision as it is pictured. */
import { valueOf } from "../../known.js";
export interface PicturedRevision {
  readonly id: string;
  readonly parents: readonly string[];
  /** Ids. */
  readonly dependsOn: readonly string[];
  readonly manager: string;
  readonly class: string | null;
  readonly version: string | null;
  readonly labels: readonly string[];
  readonly summary: string;
  /** What the repository has of it; null where none was asked. */
  readonly state: RevisionState | null;
}

export type RevisionState = "current" | "applied" | "pending" | "absent";

/** A switch as it is pictured. */
export interface PicturedSwitch {
  readonly manager: string;
  readonly from: string;
  readonly to: string;
  readonly summary: string;
}

/** What is pictured; newest revision first. */
export interface Picture {
  readonly title: string;
  readonly revisions: readonly PicturedRevision[];
  readonly switches: readonly PicturedSwitch[];
}

/** An arrow of a picture; both ends are shown. */
export interface PicturedEdge {
  readonly kind: "parent" | "dependsOn" | "switch";
  readonly from: string;
  readonly to: string;
  readonly summary: string;
}

/** All arrows, from what comes first to what comes after. */
export function edgesOf({ revisions, switches }: Picture): PicturedEdge[] {
  const shown = new Set(revisions.map((revision) => revision.id));
  const edges: PicturedEdge[] = [];
  for (const { id, parents, dependsOn } of revisions) {
    for (const parent of parents) edges.push({ kind: "parent", from: parent, to: id, summary: "" });
    for (const needed of dependsOn) edges.push({ kind: "dependsOn", from: needed, to: id, summary: "" });
  }
  for (const { from, to, summary } of switches) edges.push({ kind: "switch", from, to, summary });
  return edges.filter((edge) => shown.has(edge.from) && shown.has(edge.to));
}

/** A summary in a box is cut here; the whole stands in the title and the details. */
const longestSummary = 26;

/** What stands in the box of a revision: class and version (where it has none, what it does), and the id. */
export function linesOf({ id, manager, class: name, version, summary }: PicturedRevision): [string, string] {
  if (name !== null) return [`${name} ${version ?? ""}`.trim(), id];
  const told = summary === "" ? manager : summary;
  return [told.length <= longestSummary ? told : `${told.slice(0, longestSummary - 1).trimEnd()}…`, id];
}

/** The revisions of each tree, trees in alphabetical order. */
export function byTree({ revisions }: Picture): Map<string, PicturedRevision[]> {
  const trees = new Map<string, PicturedRevision[]>();
  for (const manager of [...new Set(revisions.map((one) => one.manager))].toSorted())
    trees.set(
      manager,
      revisions.filter((one) => one.manager === manager),
    );
  return trees;
}

const entities: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

/** Text between tags or in an attribute of HTML and SVG; XML has no way to write control characters. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => valueOf(entities, character));
}

/** Text without control characters, lines and columns but for. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, "\ufffd");
}
