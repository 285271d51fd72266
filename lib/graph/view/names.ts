/** Names of revisions: ids, beginnings of ids, labels, versions. */
import { distance } from "fastest-levenshtein";
import { InputError } from "../../errors.js";
import type { Revision } from "../revision.js";
import { named } from "./trees.js";
import type { RevisionGraph } from "./trees.js";

/** What stands before the `@` of a target. */
export interface Scope {
  readonly manager: string;
  /** The class, or null for the whole tree. */
  readonly branch: string | null;
}

const shortestBeginning = 4;

/**
 * The tree or branch that a name stands for: a manager, `<manager>-<Class>`, a label, or a revision's id.
 * @throws InputError `unknown-branch`
 */
export function resolveScope(graph: RevisionGraph, name: string): Scope {
  if (graph.managers.includes(name)) return { manager: name, branch: null };
  for (const manager of graph.managers) {
    if (!name.startsWith(`${manager}-`)) continue;
    const branch = name.slice(manager.length + 1);
    if (graph.tree(manager).some((revision) => revision.branch === branch)) return { manager, branch };
  }
  const revision = graph.labelled(name) ?? graph.revision(name);
  if (revision !== undefined) return { manager: revision.manager, branch: revision.branch };
  throw new InputError("unknown-branch", `There is no tree, class or label "${name}".`, {
    hint: suggestion(name, [...graph.managers, ...branchNames(graph)]),
  });
}

function branchNames(graph: RevisionGraph): string[] {
  return [
    ...new Set(
      graph.revisions.flatMap(({ manager, branch }) => (branch === null ? [] : [`${manager}-${branch}`])),
    ),
  ];
}

/**
 * The revision that a name stands for: an exact id, within a scope an exact version, a label, the beginning of an id.
 * @throws InputError `unknown-revision`, `ambiguous-prefix`, `not-in-branch`
 */
export function resolveRevision(graph: RevisionGraph, name: string, scope: Scope | null = null): Revision {
  const exact = graph.revision(name);
  if (exact !== undefined) return requireInScope(exact, name, scope);
  if (scope !== null) {
    const versions = graph.tree(scope.manager).filter((one) => one.version === name && inScope(one, scope));
    const [version, other] = versions;
    if (version !== undefined && other === undefined) return version;
    if (other !== undefined) throw ambiguous(name, versions);
  }
  const labelled = graph.labelled(name);
  if (labelled !== undefined) return requireInScope(labelled, name, scope);
  return byBeginning(graph, name, scope);
}

function byBeginning(graph: RevisionGraph, name: string, scope: Scope | null): Revision {
  const candidates = graph.revisions.filter(
    (one) => one.id.startsWith(name) && (scope === null || inScope(one, scope)),
  );
  if (candidates.length > 0 && name.length < shortestBeginning) {
    throw new InputError("unknown-revision", `"${name}" is too short for the beginning of an id.`, {
      hint: `Give at least ${shortestBeginning} characters: ${candidates
        .slice(0, 5)
        .map(({ id }) => id)
        .join(", ")}`,
    });
  }
  const [found, other] = candidates;
  if (found === undefined) throw unknown(graph, name, scope);
  if (other !== undefined) throw ambiguous(name, candidates);
  return found;
}

function inScope(revision: Revision, { manager, branch }: Scope): boolean {
  return revision.manager === manager && (branch === null || revision.branch === branch);
}

function requireInScope(revision: Revision, name: string, scope: Scope | null): Revision {
  if (scope === null || revision.manager === scope.manager) return revision;
  throw new InputError(
    "not-in-branch",
    `Revision "${name}" belongs to "${revision.manager}", not to "${scope.manager}".`,
  );
}

function ambiguous(name: string, candidates: readonly Revision[]): InputError {
  return new InputError("ambiguous-prefix", `"${name}" fits ${candidates.length} revisions.`, {
    hint: candidates
      .slice(0, 10)
      .map((one) => `${one.id}  ${one.manager} ${one.branch ?? ""} ${one.version ?? ""}`.trimEnd())
      .join("\n"),
  });
}

function unknown(graph: RevisionGraph, name: string, scope: Scope | null): InputError {
  const where = scope === null ? "" : ` in "${scope.manager}"`;
  const revisions = scope === null ? graph.revisions : graph.tree(scope.manager);
  const versions = scope === null ? [] : revisions.flatMap(({ version }) => version ?? []);
  const names = [
    ...revisions.flatMap(({ id, labels }) => [id, ...labels]),
    ...versions,
    ...graph.managers.map((manager) => `${manager}@head`),
  ];
  return new InputError("unknown-revision", `There is no revision "${name}"${where}.`, {
    hint: suggestion(name, names),
  });
}

const shownMatches = 3;

/** The names that are nearest to what was typed. */
function suggestion(name: string, names: readonly string[]): string {
  const near = names
    .map((one) => ({ one, far: distance(name, one) }))
    .toSorted((a, b) => a.far - b.far || (a.one < b.one ? -1 : 1))
    .slice(0, shownMatches)
    .map(({ one }) => one);
  if (near.length === 0) return "There are no revisions.";
  return `Did you mean ${near.join(", ")}? \`godwit history\` shows them all.`;
}

/** Several tips where one is needed. */
export function multipleHeads(manager: string, tips: readonly Revision[]): InputError {
  return new InputError(
    "multiple-heads",
    `"${manager}" has ${tips.length} heads: ${tips.map(named).join(", ")}.`,
    {
      hint: `Name one of them, or merge them: godwit revision merge ${tips.map(({ id }) => id).join(" ")}`,
    },
  );
}
