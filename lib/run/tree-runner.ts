import type { Umzug } from "umzug";
import type { Session } from "../database/database.js";
import type { KnownRevisions, RepositoryState } from "../state/state.js";
import { recordStep } from "../state/write.js";
import type { Stamp } from "../state/write.js";
import { readVersionRows } from "../state/version-tables.js";
import { codeOf, definitionsOf } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import type { RunContext, RunEnvironment } from "./run-context.js";
import { requireEqual } from "./invariants.js";
import { callHook } from "./hooks.js";
import { pauseAt } from "./pause.js";
import { surely } from "../known.js";

/** What Umzug works on while one step runs: the step's transaction, and the state that was read in it. */
export interface StepScope {
  readonly session: Session;
  /** Writes the record: in the step's transaction, or, for a revision of sub-steps, in one of its own. */
  record(work: (session: Session) => Promise<void>): Promise<void>;
  readonly state: RepositoryState;
  readonly context: RunContext;
  readonly startedAt: number;
}

/** Runs the steps of one tree through Umzug, whose storage is the tree's version table. */
export class TreeRunner {
  readonly #umzug: Umzug<StepScope>;
  #scope: StepScope | null = null;

  private constructor(umzug: (scope: () => StepScope) => Umzug<StepScope>) {
    this.#umzug = umzug(() => surely(this.#scope));
  }

  /** Umzug is loaded only when something runs. */
  static async create(
    manager: string,
    steps: readonly PreparedStep[],
    known: KnownRevisions,
    environment: RunEnvironment,
    stamp: () => Stamp,
  ): Promise<TreeRunner> {
    const { Umzug } = await import("umzug");
    const create = (scope: () => StepScope): Umzug<StepScope> =>
      new Umzug<StepScope>({
        logger: undefined,
        context: scope,
        migrations: steps.map((prepared) => ({
          name: prepared.revision.id,
          up: ({ context: scope }) => runHooked(prepared, scope, environment),
          down: ({ context: scope }) => runHooked(prepared, scope, environment),
        })),
        storage: {
          executed: ({ context: scope }) => executedRevisions(manager, scope),
          logMigration: ({ name, context: scope }) => record(name, scope),
          unlogMigration: ({ name, context: scope }) => record(name, scope),
        },
      });

    const record = async (name: string, scope: StepScope): Promise<void> => {
      const prepared = surely(steps.find((one) => one.revision.id === name));
      await pauseAt(environment.onPause, "step:record", name);
      const ran = {
        step: prepared.step,
        revision: prepared.revision,
        durationMs: BigInt(Math.round(performance.now() - scope.startedAt)),
        checksum: await prepared.checksum(),
      };
      await scope.record(async (session) => {
        await recordStep(session, scope.state, known, ran, stamp());
        await environment.repository.recordVersion(session, {
          manager,
          branch: prepared.after?.branch ?? null,
          version: prepared.after?.version ?? null,
          previousBranch: prepared.before?.branch ?? null,
        });
        await callHook("afterStep", environment.hooks, prepared, scope.context);
      });
    };
    return new TreeRunner(create);
  }

  /** Runs one step, and records it. Throws what the revision's code throws. */
  async run(prepared: PreparedStep, scope: StepScope): Promise<void> {
    this.#scope = scope;
    const only = { migrations: [prepared.revision.id] };
    try {
      if (prepared.direction === "up") await this.#umzug.up(only);
      else await this.#umzug.down(only);
    } catch (error) {
      throw causeOf(error);
    } finally {
      this.#scope = null;
    }
  }
}

/** A runner for each tree that some steps belong to. */
export async function treeRunners(
  steps: readonly PreparedStep[],
  known: KnownRevisions,
  environment: RunEnvironment,
  stamp: () => Stamp,
): Promise<Map<string, TreeRunner>> {
  const runners = new Map<string, TreeRunner>();
  for (const manager of new Set(steps.map(({ step }) => step.manager))) {
    const own = steps.filter(({ step }) => step.manager === manager);
    runners.set(manager, await TreeRunner.create(manager, own, known, environment, stamp));
  }
  return runners;
}

/** What comes before is a sub-step of its own, where there are any: it runs once, however often the step is begun. */
async function runHooked(
  prepared: PreparedStep,
  scope: StepScope,
  environment: RunEnvironment,
): Promise<void> {
  const { hooks } = environment;
  if (hooks?.beforeStep !== undefined) {
    await scope.context.substep("hooks.beforeStep", () =>
      callHook("beforeStep", hooks, prepared, scope.context),
    );
  }
  await runCode(prepared, scope);
}

async function runCode(prepared: PreparedStep, { context }: StepScope): Promise<void> {
  const { direction, revision } = prepared;
  for (const definition of definitionsOf(prepared)) {
    const invariants = definition.invariants ?? [];
    const ask = (side: "before" | "after"): Promise<unknown[]> =>
      context.looking(async () => {
        const answers: unknown[] = [];
        for (const invariant of invariants) answers.push(await invariant[side](context));
        return answers;
      });
    const first = await ask(direction === "up" ? "before" : "after");
    await codeOf(definition, direction)?.(context);
    const last = await ask(direction === "up" ? "after" : "before");
    for (const [index, { description }] of invariants.entries())
      requireEqual(revision.id, description, first[index], last[index]);
  }
}

async function executedRevisions(manager: string, scope: StepScope): Promise<string[]> {
  if (!scope.state.versionTables.has(manager)) return [];
  const rows = await readVersionRows(scope.session, manager);
  return [...new Set(rows.map((row) => row.revision))];
}

/** Umzug wraps what a migration throws. */
function causeOf(error: unknown): unknown {
  const isWrapper = error instanceof Error && error.name === "MigrationError" && error.cause !== undefined;
  return isWrapper ? error.cause : error;
}
