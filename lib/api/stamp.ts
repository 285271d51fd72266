import { planStamp } from "../graph/index.js";
import type { Session } from "../database/database.js";
import { InputError } from "../errors.js";
import { createAlembicTable, readAlembicRows, replaceAlembicRows } from "../state/alembic.js";
import { createLogTable } from "../state/log.js";
import { createProgressTable } from "../state/progress.js";
import { readState } from "../state/read.js";
import type { RepositoryState } from "../state/state.js";
import { writeStamps } from "../state/write.js";
import type { StampedTree } from "../state/write.js";
import { toolName } from "../version.js";
import { reportCurrent } from "./current.js";
import type { StampOptions } from "./options.js";
import { policyOf, stateForGraph, withProject } from "./project.js";
import type { Project } from "./project.js";
import type { CurrentReport, RunReport } from "./results.js";

/**
 * Records where a repository stands, without running anything: all targets or none.
 *
 * @param targets absolute names; none: what the repository itself records of its managers
 * @throws InputError `unknown-revision` for what no file has; nothing is written then
 */
export function stamp(
  uri: string,
  targets: readonly string[] = [],
  options: StampOptions = {},
): Promise<RunReport> {
  return withProject(uri, options, async (project) => {
    const { repository, known } = project;
    repository.requireWritable();
    const lockTimeoutMs = options.lockTimeoutMs ?? 60_000;
    const { acquireWriterLock, describeHolder } = await import("../database/lock.js");
    const lock = await acquireWriterLock(repository.database, {
      timeoutMs: lockTimeoutMs,
      doing: "stamp",
      signal: options.signal,
      onWaiting: (holder) => options.onEvent?.({ kind: "waiting", holder: describeHolder(holder) }),
    });
    try {
      await repository.database.transaction({ mode: "write", lockTimeoutMs }, async (session) => {
        const state = await readState(repository, session, known);
        const trees = stampedTrees(project, state, targets, options);
        await createLogTable(session);
        await createProgressTable(session);
        await writeStamps(session, state, known, trees, { at: new Date().toISOString(), by: toolName });
        await writeAlembic(project, session, state, trees, options.rows ?? "keep");
      });
      const current = await reportCurrent(project);
      warnOfNeeds(project, current, options);
      return { steps: [], note: null, current };
    } finally {
      await lock.release();
    }
  });
}

/** A stamp records what it is told to, and nothing that it depends on: an upgrade would run that below what is recorded. */
function warnOfNeeds({ known }: Project, { managers }: CurrentReport, { onEvent }: StampOptions): void {
  const recorded = managers.flatMap(({ revisions }) => revisions);
  const standing = new Set(recorded.map((id) => known.revision(id)?.id));
  for (const id of known.neededBy(recorded).filter((one) => !standing.has(one)))
    onEvent?.({
      kind: "warning",
      message: `What is recorded depends on ${id} of ${known.revision(id)?.manager ?? "?"}, which is not recorded as applied.`,
    });
}

function stampedTrees(
  { graph, repository, known }: Project,
  state: RepositoryState,
  targets: readonly string[],
  options: StampOptions,
): readonly StampedTree[] {
  if (targets.length > 0) {
    return planStamp(graph, stateForGraph(state), targets, {
      ...policyOf(repository),
      rows: options.rows ?? "keep",
    });
  }
  if (state.recorded.length === 0) {
    throw new InputError(
      "stamp-target",
      `${repository.uri} records nothing of itself that could be stamped.`,
      {
        hint: "Name the revisions: godwit stamp REV…",
      },
    );
  }
  const unknown = state.recorded.filter(({ revision }) => known.revision(revision) === undefined);
  if (unknown.length > 0) {
    const list = unknown.map(
      ({ manager, branch, version, revision }) => `${manager} ${branch} ${version} (${revision})`,
    );
    throw new InputError(
      "unknown-revision",
      `No revision file has ${list.join(", ")}. Nothing was stamped.`,
      {
        hint: "A newer godwit may know it; or add the folder that holds it to `revisions` in the configuration.",
      },
    );
  }
  const recorded = new Set(state.recorded.map(({ manager }) => manager));
  const gone = [...state.trees.keys()].filter((manager) => !recorded.has(manager));
  return [
    ...state.recorded.map(({ manager, revision }) => ({ manager, heads: [revision] })),
    ...gone.map((manager) => ({ manager, heads: [] })),
  ];
}

async function writeAlembic(
  { repository }: Project,
  session: Session,
  state: RepositoryState,
  trees: readonly StampedTree[],
  rows: "keep" | "purge",
): Promise<void> {
  if (!state.hasAlembicTable) {
    if (repository.kind === "plain") return;
    await createAlembicTable(session);
  }
  const stamped = new Map(trees.map(({ manager, heads }) => [manager, heads]));
  const kept =
    rows === "purge" ? [] : [...state.trees.values()].filter(({ manager }) => !stamped.has(manager));
  const add = [...[...stamped.values()].flat(), ...kept.flatMap(({ heads }) => heads)];
  await replaceAlembicRows(session, { remove: await readAlembicRows(session), add });
}
