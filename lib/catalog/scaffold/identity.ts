/** The id, the labels and the dependencies of a new revision. */
import { randomBytes } from "node:crypto";
import { InputError } from "../../errors.js";
import { reservedNames } from "../../graph/index.js";
import type { ScaffoldProject, ScaffoldTree } from "./project.js";
import { revisionNamed } from "./names-in-trees.js";
import { describe } from "./tree.js";

export async function idFor(
  { all }: ScaffoldProject,
  tree: ScaffoldTree,
  wanted: {
    readonly branch: string | null;
    readonly version: string | null;
    readonly asked: string | undefined;
  },
): Promise<string> {
  const id = tree.isButler ? await butlerId(tree, wanted) : (wanted.asked ?? randomBytes(6).toString("hex"));
  if (!/^[A-Za-z0-9_]+$/.test(id) || reservedNames.includes(id)) {
    throw new InputError("bad-id", `${JSON.stringify(id)} cannot be the id of a revision.`, {
      hint: `Use letters, digits and _, and none of ${reservedNames.join(", ")}; usual are 12 hexadecimal digits.`,
    });
  }
  const taken = all.find((one) => one.id === id || one.labels.includes(id));
  if (taken === undefined) return id;
  throw new InputError("duplicate-revision", `"${id}" is taken: ${describe(taken)}.`);
}

/** In a Butler's tree an id follows from class and version, so that every tool gives it alike. */
async function butlerId(
  { manager }: ScaffoldTree,
  {
    branch,
    version,
    asked,
  }: { readonly branch: string | null; readonly version: string | null; readonly asked: string | undefined },
): Promise<string> {
  const { revisionId } = await import("../../butler/revision-id.js");
  const parts: [string, ...string[]] = [manager, ...[branch, version].filter((part) => part !== null)];
  const id = revisionId(...parts);
  if (asked === undefined || asked === id) return id;
  throw new InputError("bad-id", `The id of ${parts.join(" ")} is ${id}, and no other.`, {
    hint: "Leave --rev-id out.",
  });
}

export function dependenciesOf(
  project: ScaffoldProject,
  names: readonly string[],
): readonly string[] | undefined {
  if (names.length === 0) return undefined;
  return names.map((name) => {
    const found = revisionNamed(project, project.all, name);
    return found.labels.includes(name) ? name : found.id;
  });
}

/** The first revision of a class carries the label `<manager>-<Class>`, a Butler's root that of its manager. */
export function labelsFor(
  { all }: ScaffoldProject,
  tree: ScaffoldTree,
  branch: string | null,
  asked: readonly string[],
): readonly string[] | undefined {
  const isFirst = branch !== null && tree.revisions.every((one) => one.branch !== branch);
  const labels = [...(isFirst ? [`${tree.manager}-${branch}`] : []), ...asked];
  for (const label of labels) {
    const taken = all.find((one) => one.id === label || one.labels.includes(label));
    if (taken !== undefined) {
      throw new InputError("duplicate-label", `The label "${label}" is taken: ${describe(taken)}.`);
    }
    if (!/^[A-Za-z_][\w-]*$/.test(label)) {
      throw new InputError("bad-label", `${JSON.stringify(label)} cannot be a label.`, {
        hint: "Use letters, digits, - and _, beginning with a letter.",
      });
    }
  }
  return labels.length === 0 ? undefined : labels;
}
