/** Mends one thing after the other. */
import { RefusedError, StepError } from "../../errors.js";
import type { GodwitError } from "../../errors.js";
import type { Session } from "../../database/database.js";
import type { Mend } from "../../repository/verification.js";
import { RunContext } from "../../run/run-context.js";
import type { RunEnvironment } from "../../run/run-context.js";
import { SubstepsInside } from "../../run/substeps.js";
import { replaceAlembicRows } from "../../state/alembic.js";
import { readState } from "../../state/read.js";
import type { RunOptions } from "../options.js";
import type { Project } from "../project.js";
import { alembicChange, alembicSubject, alembicSummary } from "./alembic.js";
import { findMends, leftToPerson, nameOf, obstacleOf, planMend } from "./mends.js";
import type { LeftToPerson, Obstacle } from "./mends.js";

/** Mending can show more that can be mended: a table that is back under its name lacks its indexes. */
const mostRounds = 4;

/** How a repair reads and writes: each time in a transaction of its own, or all in one. */
export interface Connection {
  /** Whether a mend that fails leaves the others as they are. */
  readonly separate: boolean;
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
}

/** One repair: what it mended, what stood in the way, and what is left to a person. */
export class RepairRun {
  readonly mended: { readonly subject: string; readonly summary: string }[] = [];
  refused: { readonly subject: string; readonly obstacle: Obstacle }[] = [];
  byHand: readonly LeftToPerson[] = [];

  constructor(
    private readonly project: Project,
    private readonly environment: RunEnvironment,
    private readonly options: RunOptions,
    private readonly connection: Connection,
    /** Told before each mend that is carried out. */
    private readonly onMend: (subject: string, summary: string) => void = () => {},
  ) {}

  async all(): Promise<void> {
    for (let round = 1; round <= mostRounds; round += 1) {
      const before = this.mended.length;
      this.refused = [];
      await this.#mendAlembic();
      const { mends, byHand } = await this.connection.read((session) => findMends(this.project, session));
      this.byHand = byHand.map(leftToPerson);
      for (const mend of mends) {
        if (this.options.signal?.aborted === true) return;
        await this.#mend(mend);
      }
      if (this.mended.length === before) return;
    }
  }

  async #mendAlembic(): Promise<void> {
    const { repository, known } = this.project;
    const change = await this.connection.write(async (session) => {
      const found = alembicChange(this.project, await readState(repository, session, known));
      if (found === null) return null;
      this.onMend(alembicSubject, alembicSummary(found));
      await replaceAlembicRows(session, found);
      return found;
    });
    if (change !== null) this.#done(alembicSubject, alembicSummary(change));
  }

  /** Rows that stand in the way are no failure: the other tables are mended all the same. */
  async #mend(mend: Mend): Promise<void> {
    const { subject, summary } = mend;
    try {
      await this.connection.write(async (session) => {
        await this.#requireNoObstacle(session, mend);
        this.onMend(subject, summary);
        const context = new RunContext(
          this.environment,
          session,
          "up",
          nameOf(mend),
          new SubstepsInside(new Set()),
        );
        await mend.apply(context);
        await session.checkForeignKeys([...context.written].toSorted());
      });
    } catch (error) {
      if (!isObstacle(error, this.connection)) throw error;
      this.refused.push({ subject, obstacle: obstacleOf(error) });
      return;
    }
    this.#done(subject, summary);
  }

  /** What stands in the way is found before anything is changed. */
  async #requireNoObstacle(session: Session, mend: Mend): Promise<void> {
    const { obstacle } = await planMend(this.project, this.environment, session, mend);
    if (obstacle === null) return;
    throw new RefusedError(
      obstacle.code,
      obstacle.message,
      obstacle.hint === null ? {} : { hint: obstacle.hint },
    );
  }

  #done(subject: string, summary: string): void {
    this.mended.push({ subject, summary });
    this.environment.onEvent({ kind: "report", revision: "repair", message: `${subject}: ${summary}` });
  }
}

/** Failures of single statements, by their code. */
const ofStatement = new Set(["statement-failed", "constraint-violated", "lock-timeout", "deadlock"]);

/** Whether an error keeps one mend from being made, and no other. */
function isObstacle(error: unknown, { separate }: Connection): error is GodwitError {
  return (
    error instanceof RefusedError || (separate && error instanceof StepError && ofStatement.has(error.code))
  );
}
