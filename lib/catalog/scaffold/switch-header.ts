import path from "node:path";
import { InputError } from "../../errors.js";
import type { Revision } from "../../graph/revision.js";
import { slugOf } from "./code.js";
import type { FlagValues } from "./flags.js";
import type { TreeHeader } from "./header.js";
import { treeOf } from "./project.js";
import type { ScaffoldProject } from "./project.js";
import { revisionNamed } from "./names-in-trees.js";
import { onOneLine, tipsOf } from "./tree.js";

/** A switch has no id of its own: it leads from one revision to another. */
export function switchHeader(
  project: ScaffoldProject,
  manager: string,
  flags: FlagValues,
  summary: string | undefined,
): TreeHeader {
  const { revisions } = treeOf(project, manager);
  const from = switchEnd(project, revisions, flags["from"]);
  const to = switchEnd(project, revisions, flags["to"]);
  if (from.branch === to.branch && onOneLine(revisions, from, to)) {
    throw new InputError(
      "same-branch",
      `${from.id} and ${to.id} belong to one line of the same class; a revision leads there.`,
    );
  }
  const taken = project.switches.find((edge) => edge.from === from.id && edge.to === to.id);
  if (taken !== undefined) {
    const where = taken.source.file ?? manager;
    throw new InputError(
      "duplicate-switch",
      `There is a switch from ${from.id} to ${to.id} already: ${where}.`,
    );
  }
  const words = summary ?? `From ${from.branch ?? from.id} to ${to.branch ?? to.id}`;
  return {
    define: "defineSwitch",
    id: to.id,
    manager,
    versions: [from.version, to.version],
    file: path.join(project.place, manager, `switch_${slugOf(words)}.ts`),
    fields: { manager, from: from.id, to: to.id, summary: words },
  };
}

/** The tip of a class, or a revision. */
function switchEnd(project: ScaffoldProject, revisions: readonly Revision[], name: unknown): Revision {
  const text = typeof name === "string" ? name : "";
  const [tip, second] = revisions.some(({ branch }) => branch === text)
    ? tipsOf(revisions, text, project.switches)
    : [];
  return tip !== undefined && second === undefined ? tip : revisionNamed(project, revisions, text);
}
