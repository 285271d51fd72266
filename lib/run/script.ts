/**
 * A move as a script: its steps are carried out in one transaction that is rolled back, and what they send is written down. So the
 * script does what the steps do, their records included, whatever they read and compute.
 */
import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { ScriptFrame, Session } from "../database/database.js";
import { logEnded, logStarted } from "../state/log.js";
import { readState, readStateOnce } from "../state/read.js";
import { adopt, needsAdoption } from "../state/write.js";
import type { Stamp } from "../state/write.js";
import { foresee } from "./foresee.js";
import { refuseInconsistent } from "./move.js";
import { treeRunners } from "./tree-runner.js";
import type { Move, MovePlan } from "./move.js";
import { describeStep } from "./prepare.js";
import type { PreparedStep } from "./prepare.js";
import { asStepError, runFrom } from "./step.js";
import type { StepRun } from "./step-run.js";

/** Statements that belong together. */
export interface ScriptPart {
  /** What they do, a line each. */
  readonly comments: readonly string[];
  readonly statements: readonly string[];
}

/** A script without its frame. */
export interface Script {
  readonly parts: readonly ScriptPart[];
  readonly steps: readonly PreparedStep[];
  /** Why there are no steps. */
  readonly note: string | null;
}

/** Leaves the transaction, which is then rolled back. */
class WrittenDown extends Error {}

/**
 * Writes down what a move would send, under the lock that the caller holds. The repository is as before afterwards; tables are locked
 * meanwhile as the steps lock them.
 *
 * @throws RefusedError where the state is inconsistent or a step cannot run
 * @throws StepError where a step fails
 */
export async function writeDown(request: Omit<Move, "atomic">): Promise<Script> {
  const { repository, known } = request;
  const state = await readStateOnce(repository, known);
  refuseInconsistent(state);
  const plan = await request.plan(state);
  if (plan.steps.length === 0) return { parts: [], steps: [], note: plan.note };
  await foresee(repository, plan.environment, plan.steps);
  const recorder = new Recorder();
  const { lockTimeoutMs } = request;
  await repository.database
    .transaction(
      { mode: "write", lockTimeoutMs, onChange: (text) => recorder.add(text) },
      async (session) => {
        await writeSteps(request, plan, session, recorder);
        throw new WrittenDown();
      },
    )
    .catch((error: unknown) => {
      if (!(error instanceof WrittenDown)) throw error;
    });
  return { parts: recorder.parts, steps: plan.steps, note: null };
}

async function writeSteps(
  request: Omit<Move, "atomic">,
  plan: MovePlan,
  session: Session,
  recorder: Recorder,
): Promise<void> {
  const { repository, known, tool, lock, lockTimeoutMs } = request;
  const environment = { ...plan.environment, onRows: () => recorder.markRows() };
  const stamp = (): Stamp => ({ at: new Date().toISOString(), by: tool });
  const trees = await treeRunners(plan.steps, known, environment, stamp);
  const trace = { statement: null };
  const { signal } = request;
  const run: StepRun = { environment, known, trees, lock, lockTimeoutMs, signal, stamp, trace };
  const state = await readState(repository, session, known);
  if (needsAdoption(repository, state, known)) {
    recorder.begin("The first write of godwit: its tables, and where the repository stands.");
    await adopt(repository, session, state, known, stamp());
  }
  const id = randomUUID();
  for (const [index, prepared] of plan.steps.entries()) {
    recorder.begin(describeStep(prepared), prepared.definition.summary);
    await writeStep(run, prepared, session, { run: id, step: BigInt(index + 1), tool });
  }
}

async function writeStep(
  run: StepRun,
  prepared: PreparedStep,
  session: Session,
  entry: { readonly run: string; readonly step: bigint; readonly tool: string },
): Promise<void> {
  const { step, revision } = prepared;
  const { manager, direction } = step;
  const [started, user] = [run.stamp().at, userInfo().username];
  await logStarted(session, { ...entry, manager, revision: revision.id, direction, started, user });
  try {
    await runFrom(run, prepared, session, await readState(run.environment.repository, session, run.known));
    await logEnded(session, { ...entry, ended: run.stamp().at, outcome: "done", statement: null });
  } catch (error) {
    throw asStepError(prepared, error);
  }
}

class Recorder {
  readonly parts: { readonly comments: string[]; readonly statements: string[] }[] = [];

  begin(...comments: string[]): void {
    this.parts.push({ comments, statements: [] });
  }

  add(text: string): void {
    this.parts.at(-1)?.statements.push(text);
  }

  /** Marks the step that is being written. */
  markRows(): void {
    const comments = this.parts.at(-1)?.comments;
    if (comments?.includes(rowsMark) === false) comments.push(rowsMark);
  }
}

const rowsMark =
  "This step reads the database or computes values: what stands here is right for the rows that it was written for.";

/** The script as text: each statement ends with a semicolon, what is told about them stands in comments. */
export function scriptText(
  comments: readonly string[],
  parts: readonly ScriptPart[],
  frame: ScriptFrame,
): string {
  const advice = frame.advice === undefined ? [] : [frame.advice];
  const lines = [...[...comments, ...advice].flatMap(commentLines), ...frame.begin.map(terminated)];
  for (const part of parts)
    lines.push(
      "",
      ...part.comments.flatMap(commentLines),
      ...part.statements.map((statement) => terminated(frame.within?.(statement) ?? statement)),
    );
  return [...lines, "", ...frame.end.map(terminated)].join("\n");
}

function commentLines(text: string): string[] {
  return text.split(/[\r\n]+/).map((line) => `-- ${line}`);
}

/** A comment at the end of a statement would swallow the semicolon. */
function terminated(statement: string): string {
  const text = statement.trimEnd().replace(/;$/, "");
  const lastLine = text.slice(text.lastIndexOf("\n") + 1);
  return lastLine.includes("--") ? `${text}\n;` : `${text};`;
}
