/** The moves that faults are tried on: every revision and switch with code, up and down, on both databases. */
import { policyOf, stateForGraph } from "../../lib/api/project.js";
import { findRevisions } from "../../lib/api/revision-set.js";
import type { RevisionSet } from "../../lib/api/revision-set.js";
import type { DialectName } from "../../lib/database/database.js";
import { GodwitError } from "../../lib/errors.js";
import { planUpgrade } from "../../lib/graph/index.js";
import type { AppliedState, Policy, Step } from "../../lib/graph/index.js";
import { openRepository } from "../../lib/repository/open.js";
import { readState } from "../../lib/state/read.js";
import type { optionsOf } from "../conformance/steps.js";
import { testBegins, testEnds } from "../support/cleanup.js";
import { copyFixture, fixtureNames } from "../support/fixtures.js";
import type { GeneratedValues, Meta } from "../support/normalize/description.js";
import { goldenMeta, goldenNames } from "../support/normalize/golden.js";

/** One command on a repository. */
export interface Move {
  readonly direction: "up" | "down";
  readonly target: string;
  /** As goldens name them; what is a file there is none yet. */
  readonly options: Readonly<Record<string, string>>;
}

/** A move that is disturbed, and what has to be done to a fixture before. */
export interface FaultCase {
  /** `sqlite uuid-c6-synth up 352c30854bb0` */
  readonly title: string;
  readonly dialect: DialectName;
  readonly fixture: string;
  readonly before: readonly Move[];
  readonly move: Move;
  readonly revision: string;
  readonly manager: string;
  /** Columns whose values the move makes up. */
  readonly generated: readonly GeneratedValues[];
}

/** What the collection of goldens tells about a revision. */
interface Known {
  readonly options: Readonly<Record<string, string>>;
  readonly generated: readonly GeneratedValues[];
}

/** A fixture, and where it stands. */
interface Standing {
  readonly name: string;
  readonly applied: AppliedState;
  readonly policy: Policy;
}

/** What was found for a database, and the revisions with code that no fixture leads to. */
export interface FoundCases {
  readonly cases: readonly FaultCase[];
  readonly missing: readonly string[];
}

/**
 * Finds all cases of a database; for each revision the fixture that is fewest steps away.
 * @param fixtures names of those that are looked at (default: all)
 */
export async function findCases(dialect: DialectName, fixtures?: readonly string[]): Promise<FoundCases> {
  const set = await findRevisions({}, "butler");
  const standings = await standingsOf(fixtures ?? (await fixtureNames(dialect)), dialect, set);
  const known = await knownRevisions(dialect);
  const cases: FaultCase[] = [];
  const missing: string[] = [];
  for (const target of await targets(set)) {
    const way = await shortestWay(set, standings, target);
    const found =
      way === null ? casesFromAbove(dialect, standings, target) : casesOf(dialect, way, target, known);
    if (found.length === 0) missing.push(target.id);
    cases.push(...found);
  }
  return { cases, missing };
}

interface Target {
  readonly id: string;
  readonly manager: string;
  /** What the way down leads to; null where there is none. */
  readonly below: string | null;
  /** Where the switch comes from; null for a revision. */
  readonly switchFrom: string | null;
}

/** Revisions and switches that have code. */
async function targets({ code }: RevisionSet): Promise<Target[]> {
  const found: Target[] = [];
  for (const { id, manager, parents, placeholder } of code.revisions) {
    const definition = await code.load(id);
    if (placeholder !== null || definition.up === undefined) continue;
    const [parent = null] = parents;
    found.push({ id, manager, below: definition.down === undefined ? null : parent, switchFrom: null });
  }
  for (const { manager, from, to } of code.switches) {
    const definition = await code.loadSwitch(manager, from, to);
    if (definition.up === undefined) continue;
    found.push({ id: to, manager, below: definition.down === undefined ? null : from, switchFrom: from });
  }
  return found;
}

async function standingsOf(
  fixtures: readonly string[],
  dialect: DialectName,
  { known }: RevisionSet,
): Promise<Standing[]> {
  const standings: Standing[] = [];
  for (const name of fixtures) {
    testBegins();
    const { folder } = await copyFixture(name, dialect);
    const repository = await openRepository(folder, { namespace: "daf_butler" });
    const state = await repository.database.transaction({ mode: "read" }, (session) =>
      readState(repository, session, known),
    );
    standings.push({ name, applied: stateForGraph(state), policy: policyOf(repository) });
    await repository.close();
    await testEnds();
  }
  return standings;
}

interface Way {
  readonly fixture: string;
  readonly steps: readonly Step[];
}

async function shortestWay(
  set: RevisionSet,
  standings: readonly Standing[],
  target: Target,
): Promise<Way | null> {
  let best: Way | null = null;
  for (const standing of standings) {
    const steps = stepsTo(set, standing, target);
    if (steps === null || (best !== null && best.steps.length <= steps.length)) continue;
    if (await isPassable(set, steps)) best = { fixture: standing.name, steps };
  }
  return best;
}

/** The steps of the upgrade that end with a revision or switch, or null where the fixture cannot or need not go that way. */
function stepsTo(
  { graph }: RevisionSet,
  { applied, policy }: Standing,
  { id, switchFrom }: Target,
): readonly Step[] | null {
  try {
    const { steps } = planUpgrade(graph, applied, [id], policy);
    const last = steps.at(-1);
    return last?.revision === id && (last.switch?.edge.from ?? null) === switchFrom ? steps : null;
  } catch (error) {
    if (error instanceof GodwitError) return null;
    throw error;
  }
}

/** Whether every step has code; the empty root of a tree needs none. */
async function isPassable({ code }: RevisionSet, steps: readonly Step[]): Promise<boolean> {
  for (const { revision, switch: passed } of steps) {
    if (passed !== undefined) {
      const { manager, from, to } = passed.edge;
      if ((await code.loadSwitch(manager, from, to)).up === undefined) return false;
      continue;
    }
    const found = code.revision(revision);
    const isEmptyRoot = found?.parents.length === 0 && found.branch === null;
    if (found !== undefined && found.placeholder !== null && !isEmptyRoot) return false;
  }
  return true;
}

function casesOf(
  dialect: DialectName,
  { fixture, steps }: Way,
  { id, manager, below }: Target,
  known: ReadonlyMap<string, Known>,
): FaultCase[] {
  const moveTo = (target: string): Move => ({
    direction: "up",
    target,
    options: known.get(target)?.options ?? {},
  });
  const before = steps.slice(0, -1).map(({ revision }) => moveTo(revision));
  const up = moveTo(id);
  const shared = { dialect, fixture, revision: id, manager };
  const upward: FaultCase = {
    ...shared,
    title: `${dialect} ${fixture} up ${id}`,
    before,
    move: up,
    generated: known.get(id)?.generated ?? [],
  };
  if (below === null) return [upward];
  const downward: FaultCase = {
    ...shared,
    title: `${dialect} ${fixture} down ${id}`,
    before: [...before, up],
    move: { direction: "down", target: below, options: {} },
    generated: [],
  };
  return [upward, downward];
}

/** Where every fixture is above a revision already, it is taken back first. */
function casesFromAbove(
  dialect: DialectName,
  standings: readonly Standing[],
  { id, manager, below }: Target,
): FaultCase[] {
  const standing = standings.find(({ applied }) => applied.heads.get(manager)?.includes(id) === true);
  if (standing === undefined || below === null) return [];
  const fixture = standing.name;
  const shared = { dialect, fixture, revision: id, manager, generated: [] };
  const down: Move = { direction: "down", target: below, options: {} };
  const up: Move = { direction: "up", target: id, options: {} };
  return [
    { ...shared, title: `${dialect} ${fixture} down ${id}`, before: [], move: down },
    { ...shared, title: `${dialect} ${fixture} up ${id}`, before: [down], move: up },
  ];
}

/** Options and made up values, as the goldens that lead over a revision have them. */
async function knownRevisions(dialect: DialectName): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  for (const name of await goldenNames(dialect)) {
    const meta = await goldenMeta(dialect, name);
    for (const [command, revision, given] of meta.steps) {
      if (command !== "upgrade" || typeof revision !== "string") continue;
      const before = known.get(revision);
      const { options = {} } = (given ?? {}) as Parameters<typeof optionsOf>[0];
      known.set(revision, {
        options: { ...options, ...before?.options },
        // What a revision needs is the same where the Python tool failed at it.
        generated: meta.ok ? generatedBy(meta, before) : (before?.generated ?? []),
      });
    }
  }
  return known;
}

function generatedBy({ generated = [], steps }: Meta, before: Known | undefined): readonly GeneratedValues[] {
  const ups = steps.filter(([command]) => command === "upgrade");
  return ups.length === 1 ? generated : (before?.generated ?? []);
}
