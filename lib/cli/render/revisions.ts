import type { HistoryReport, RevisionEntry } from "../../api/results.js";
import { print } from "./table.js";

/** How much is shown. */
export type Detail = "plain" | "full" | "applied";

/** Prints revisions, a line each, below the name of their tree. */
export function printRevisions(revisions: readonly RevisionEntry[], detail: Detail): void {
  let manager: string | null = null;
  for (const revision of revisions) {
    if (revision.manager !== manager) {
      if (manager !== null) print("");
      manager = revision.manager;
      print(manager);
    }
    print(`${mark(revision)} ${line(revision)}`);
    if (detail === "full") for (const text of details(revision)) print(`    ${text}`);
    if (detail === "applied") print(`    ${appliedText(revision)}`);
  }
}

/** `*` is applied, `.` is not; nothing where no repository was asked. */
function mark({ applied }: RevisionEntry): string {
  if (applied === null) return " ";
  return applied ? "*" : ".";
}

function line({ id, class: branch, version, summary, labels }: RevisionEntry): string {
  const what = branch === null ? "" : ` ${branch} ${version ?? ""}`.trimEnd();
  const label = labels.length === 0 ? "" : ` [${labels.join(", ")}]`;
  return `${id}${what}${label}  ${summary}`;
}

function details({ parents, dependsOn, file }: RevisionEntry): string[] {
  return [
    `parents: ${parents.length === 0 ? "none" : parents.join(", ")}`,
    ...(dependsOn.length === 0 ? [] : [`depends on: ${dependsOn.join(", ")}`]),
    ...(file === null ? [] : [`file: ${file}`]),
  ];
}

function appliedText({ appliedAt, appliedBy, durationMs }: RevisionEntry): string {
  if (appliedAt === null) return "applied before godwit was used here";
  return `${appliedAt} by ${appliedBy ?? "?"}${durationMs === null ? "" : `, ${durationMs} ms`}`;
}

/** Prints the switches between branches. */
export function printSwitches(switches: HistoryReport["switches"]): void {
  if (switches.length === 0) return;
  print("\nswitches");
  for (const { manager, from, to, summary } of switches) print(`  ${manager}: ${from} -> ${to}  ${summary}`);
}
