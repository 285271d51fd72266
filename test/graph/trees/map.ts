import {
  type AppliedState,
  buildGraph,
  type Revision,
  type RevisionGraph,
  type Switch,
} from "../../../lib/graph/index.js";

/**
 * Draws trees as text, a line a revision, oldest first:
 *
 *     manager  id <- parent parent   Class 1.0.0  needs: id  labels: a b  placeholder
 *     manager  id => id              (a switch; `<=>` where it can be gone back over)
 */
export function drawn(text: string): { revisions: Revision[]; switches: Switch[] } {
  const revisions: Revision[] = [];
  const switches: Switch[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const source = { file: "map.txt", line: at + 1 };
    const crossing = /^\s*(\S+)\s+(\S+) (<?=>) (\S+)\s*$/.exec(line);
    if (crossing !== null) {
      const [, manager = "", from = "", arrow, to = ""] = crossing;
      switches.push({
        manager,
        from,
        to,
        dependsOn: [],
        summary: `${from} to ${to}`,
        reversible: arrow === "<=>",
        source,
      });
      continue;
    }
    const [, manager = "", id = "", rest = ""] = /^\s*(\S+)\s+(\S+)(.*)$/.exec(line) ?? [];
    const parents = /<-((?: [^\s:]+)+?)(?= {2}|$)/.exec(rest)?.[1]?.trim().split(" ") ?? [];
    const version = / {2}([A-Za-z_]\w*) (\d[\w.]*)(?= {2}|$)/.exec(rest);
    revisions.push({
      id,
      parents,
      manager,
      dependsOn: list(rest, "needs"),
      labels: list(rest, "labels"),
      replaces: list(rest, "replaces"),
      extends: list(rest, "extends"),
      branch: version?.[1] ?? null,
      version: version?.[2] ?? null,
      summary: `summary of ${id}`,
      placeholder: rest.includes("  placeholder") ? "no code" : null,
      source,
    });
  }
  return { revisions, switches };
}

/** The graph of trees that are drawn. */
export function map(text: string): RevisionGraph {
  const { revisions, switches } = drawn(text);
  return buildGraph(revisions, switches);
}

function list(text: string, name: string): string[] {
  return new RegExp(`${name}: ((?:[^\\s:]+ ?)+)(?= {2}|$)`).exec(text)?.[1]?.trim().split(" ") ?? [];
}

/** A state in which each tree stands on some revisions, and the order of application is not known. */
export function standingOn(heads: Record<string, string | string[]>): AppliedState {
  return {
    heads: new Map(Object.entries(heads).map(([manager, ids]) => [manager, [ids].flat()])),
    order: [],
  };
}
