import type { Declarations, HistoryReport } from "../../api/results.js";
import { drawLanes } from "../../graph/drawing/text.js";
import type { DrawnNode } from "../../graph/drawing/text.js";
import { print, visible } from "./table.js";
import { valueAt } from "../../known.js";

type Entry = HistoryReport["revisions"][number];

/** How much is shown. */
export type Detail = "plain" | "full" | "applied";

/** Prints revisions below the name of their tree, with branches and merges in lanes, as `git log --graph` does. */
export function printRevisions(revisions: readonly Entry[], detail: Detail): void {
  if (revisions.length === 0) return;
  // One write: with thousands of revisions, a write a line takes longer than all the rest.
  print([...treesOf(revisions)].map((tree) => treeLines(tree, detail).join("\n")).join("\n\n"));
}

function treesOf(revisions: readonly Entry[]): Iterable<readonly Entry[]> {
  const trees = new Map<string, Entry[]>();
  for (const revision of revisions) {
    const tree = trees.get(revision.manager);
    if (tree === undefined) trees.set(revision.manager, [revision]);
    else tree.push(revision);
  }
  return trees.values();
}

function treeLines(revisions: readonly Entry[], detail: Detail): string[] {
  const drawn = drawLanes(revisions, markOf, lineStyle());
  const width = drawn.reduce((widest, { graph }) => Math.max(widest, graph.length), 0);
  const lines = [valueAt(revisions, 0).manager];
  for (const one of drawn) addNode(lines, one, width, detail);
  return lines;
}

function addNode(lines: string[], drawn: DrawnNode<Entry>, width: number, detail: Detail): void {
  const { node: revision, above, graph, below, continued } = drawn;
  for (const line of above) lines.push(line);
  lines.push(`${graph.padEnd(width)} ${describe(revision)}`);
  for (const line of below) lines.push(line);
  if (detail === "plain") return;
  for (const line of detailsOf(revision, detail)) lines.push(`${continued.padEnd(width)}   ${line}`);
}

/** `@` is where the repository stands, `*` applied, `+` pending, `.` neither; `o` where no repository was asked. */
function markOf({ state }: Entry): string {
  switch (state) {
    case "current":
      return "@";
    case "applied":
      return "*";
    case "pending":
      return "+";
    case "absent":
      return ".";
    default:
      return "o";
  }
}

function lineStyle(): "unicode" | "ascii" {
  return /utf-?8/i.test(process.env["LC_ALL"] || process.env["LC_CTYPE"] || process.env["LANG"] || "")
    ? "unicode"
    : "ascii";
}

function describe({ id, class: branch, version, summary, labels }: Entry): string {
  const what = branch === null ? "" : ` ${branch} ${version ?? ""}`.trimEnd();
  const label = labels.length === 0 ? "" : ` [${labels.join(", ")}]`;
  return visible(`${id}${what}${label}  ${summary}`);
}

function detailsOf(revision: Entry, detail: Exclude<Detail, "plain">): string[] {
  if (detail === "applied") return [appliedText(revision)];
  const { parents, dependsOn, file } = revision;
  return [
    `parents: ${parents.length === 0 ? "none" : parents.join(", ")}`,
    ...(dependsOn.length === 0 ? [] : [`depends on: ${dependsOn.join(", ")}`]),
    ...(file === null ? [] : [`file: ${file}`]),
    ...declarationsOf(revision),
  ];
}

/** Who can use the repository with it, and meanwhile. */
function declarationsOf({ compatibility, execution = {}, placeholder, reversible }: Declarations): string[] {
  const lines =
    compatibility === undefined
      ? []
      : [`compatibility: backward ${compatibility.backward}, forward ${compatibility.forward}`];
  if (placeholder !== undefined) return lines;
  const { live = false, transactional = true } = execution;
  const traits = [
    live ? "others may go on working" : "needs the repository for itself",
    transactional ? "one transaction" : "several transactions",
    reversible === false ? "cannot be undone" : "can be undone",
  ];
  return [...lines, `execution: ${traits.join(", ")}`];
}

function appliedText({ appliedAt, appliedBy, durationMs }: Entry): string {
  if (appliedAt === null) return "applied before godwit was used here";
  return `${appliedAt} by ${appliedBy ?? "?"}${durationMs === null ? "" : `, ${durationMs} ms`}`;
}

/** Prints the switches between branches. */
export function printSwitches(switches: HistoryReport["switches"], detail: "plain" | "full" = "plain"): void {
  if (switches.length === 0) return;
  print("\nswitches");
  for (const edge of switches) {
    print(`  ${edge.manager}: ${edge.from} -> ${edge.to}  ${edge.summary}`);
    if (detail === "full") for (const line of declarationsOf(edge)) print(`    ${line}`);
  }
}
