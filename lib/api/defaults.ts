/** The line of defaults: `upgrade defaults@29.0.0` brings every manager to what a release gives to a new repository. */
import { GodwitError, InputError, RefusedError } from "../errors.js";
import { planUpgrade } from "../graph/index.js";
import type { StepPlan } from "../graph/index.js";
import type { Defaults } from "../repository/repository.js";
import type { RepositoryState } from "../state/state.js";
import { policyOf, stateForGraph } from "./project.js";
import type { Project } from "./project.js";

const prefix = "defaults@";
const newest = "latest";

/**
 * Plans the way up to some targets, of which one may be `defaults@NAME` or `defaults@latest`.
 * @throws InputError `unknown-defaults`, and those of the graph
 * @throws RefusedError `defaults-out-of-reach` naming those that can be reached
 */
export function planTargets(project: Project, state: RepositoryState, targets: readonly string[]): StepPlan {
  const { graph, repository } = project;
  const asked = targets.filter((target) => target.startsWith(prefix));
  if (asked.length === 0) return planUpgrade(graph, stateForGraph(state), targets, policyOf(repository));
  const [name = ""] = asked.map((target) => target.slice(prefix.length));
  if (targets.length > 1) {
    throw new InputError("overlapping-revisions", `${prefix}${name} says where every manager goes.`, {
      hint: "Give it alone.",
    });
  }
  const wanted = findDefaults(project, name);
  const way = wayTo(project, state, wanted);
  if (way.kind === "way") return way.plan;
  const reachable = reachableDefaults(project, state).flatMap(({ names, steps }) =>
    steps === null ? [] : (names.at(-1) ?? []),
  );
  throw new RefusedError("defaults-out-of-reach", `No way leads to the defaults of ${name}: ${way.reason}`, {
    hint:
      reachable.length === 0
        ? ["No defaults of another release can be reached.", ...nearest(project, state, wanted)].join("\n")
        : `The defaults of these releases can be reached: ${reachable.join(", ")}.`,
  });
}

/** How far the managers go of which each by itself can be brought to where the release has it. */
function nearest(project: Project, state: RepositoryState, wanted: Defaults): string[] {
  const ways = wanted.managers.map((one) => ({
    ...one,
    way: wayTo(project, state, { ...wanted, managers: [one] }),
  }));
  const kept = ways.filter(({ way }) => way.kind === "none").map(({ manager }) => manager);
  const moved = ways.filter(({ way }) => way.kind === "way" && way.plan.steps.length > 0);
  if (moved.length === 0) return [];
  const targets = moved.map(({ revision }) => revision).join(" ");
  return [`All of it but ${kept.join(", ")}: godwit upgrade ${targets}`];
}

/** Defaults, and how far they are. */
export interface ReachableDefaults extends Defaults {
  /** How many steps lead there (0: the repository has them); null where none do. */
  readonly steps: number | null;
  /** Why none do. */
  readonly reason: string | null;
}

/** All defaults of the line with the way to each. */
export function reachableDefaults(project: Project, state: RepositoryState): ReachableDefaults[] {
  return project.repository.lineOfDefaults().map((defaults) => {
    const way = wayTo(project, state, defaults);
    return way.kind === "way"
      ? { ...defaults, steps: way.plan.steps.length, reason: null }
      : { ...defaults, steps: null, reason: way.reason };
  });
}

function findDefaults({ repository }: Project, name: string): Defaults {
  const line = repository.lineOfDefaults();
  const found = name === newest ? line.at(-1) : line.find(({ names }) => names.includes(name));
  if (found !== undefined) return found;
  const known = line.flatMap(({ names }) => names);
  throw new InputError("unknown-defaults", `There are no defaults "${name}".`, {
    hint:
      known.length === 0
        ? `${repository.uri} is a plain database, which no release gives defaults to.`
        : `Known are ${known.join(", ")}, and ${newest}.`,
  });
}

type Way =
  { readonly kind: "way"; readonly plan: StepPlan } | { readonly kind: "none"; readonly reason: string };

/** Managers that are further than a release was cannot be brought there by going up. */
function wayTo({ graph, repository }: Project, state: RepositoryState, defaults: Defaults): Way {
  const strange = state.foreign.filter((one) =>
    defaults.managers.some(({ manager }) => manager === one.manager),
  );
  if (strange.length > 0) {
    const texts = strange.map(
      ({ manager, branch, version }) => `${manager} is ${branch} ${version}, of which no revision knows`,
    );
    return { kind: "none", reason: `${texts.join("; ")}.` };
  }
  const targets = defaults.managers.map(({ revision }) => revision);
  let plan: StepPlan;
  try {
    plan = planUpgrade(graph, stateForGraph(state), targets, policyOf(repository));
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    return { kind: "none", reason: error.message };
  }
  const beyond = defaults.managers.filter(({ manager, revision }) => {
    const heads =
      plan.steps.findLast((step) => step.manager === manager)?.heads ?? state.trees.get(manager)?.heads;
    return heads?.join() !== revision;
  });
  if (beyond.length === 0) return { kind: "way", plan };
  const names = beyond.map(({ manager, branch, version }) => `${manager} is beyond ${branch} ${version}`);
  return { kind: "none", reason: `${names.join("; ")}.` };
}
