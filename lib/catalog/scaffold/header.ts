/** The header of a new revision: its place in the tree, its id and what it carries. */
import path from "node:path";
import { checkHeader } from "../check-header.js";
import type { Literal, RawHeader } from "../raw-header.js";
import { slugOf } from "./code.js";
import { dependenciesOf, idFor, labelsFor } from "./identity.js";
import type { Addition } from "./names-in-trees.js";
import { placeIn, requireLater, versionFor } from "./position.js";
import { treeOf } from "./project.js";
import type { ScaffoldProject } from "./project.js";
import type { NewHeader } from "./render.js";
import type { NewRevisionOptions } from "./request.js";

/** A header with what is told of it. */
export interface TreeHeader extends NewHeader {
  readonly id: string;
  readonly manager: string;
}
/** The tree and class that a revision is for. */
export interface Target {
  readonly manager: string;
  readonly branch: string | null;
}

/** Makes the header. @throws InputError, RefusedError about what was asked for */
export async function headerFor(
  project: ScaffoldProject,
  options: NewRevisionOptions,
  kind: string,
  target: Target & { readonly summary: string },
): Promise<TreeHeader> {
  const { manager } = target;
  const tree = treeOf(project, manager);
  const place = placeIn(project, tree, kind, target.branch, options);
  const { branch, parents } = place;
  const version = kind === "root" ? null : versionFor(tree, branch, options.version);
  for (const parent of parents) {
    if (version !== null && parent.branch === branch) requireLater(version, parent);
  }
  const id = await idFor(project, tree, { branch, version, asked: options.revisionId });
  return {
    define: "defineRevision",
    id,
    manager,
    versions: [parents[0]?.version ?? null, version],
    file: path.join(project.place, manager, `${id}_${slugOf(target.summary) || kind}.ts`),
    fields: {
      id,
      parent: parents.length > 1 ? parents.map((parent) => parent.id) : (parents[0]?.id ?? null),
      manager,
      branch: branch ?? undefined,
      version: version ?? undefined,
      summary: target.summary,
      dependsOn: dependenciesOf(project, options.dependsOn ?? []),
      labels: labelsFor(project, tree, branch, options.labels ?? []),
    },
  };
}

/** New headers as the trees see them once their files are written. */
export function additionOf(headers: readonly TreeHeader[]): Addition {
  const raws = headers.map(({ define, fields }): RawHeader => ({
    kind: define === "defineSwitch" ? "switch" : "revision",
    line: 1,
    fields: Object.fromEntries(
      Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, { line: 1, value: value as Literal }]),
    ),
  }));
  const made = raws.map((raw) => checkHeader(null, raw));
  return {
    revisions: made.flatMap((header) => (header.kind === "revision" ? [header.revision] : [])),
    switches: made.flatMap((header) => (header.kind === "switch" ? [header.edge] : [])),
  };
}
