/** What is wrong with a repository, and what would mend it. */
import { InputError, RefusedError } from "../../errors.js";
import type { GodwitError } from "../../errors.js";
import type { Session } from "../../database/database.js";
import type { CostClass } from "../../database/schema/editor.js";
import { whyByHand } from "../../repository/by-hand.js";
import type { Mend, SchemaDifference } from "../../repository/verification.js";
import { NotKnownYet, PlanContext } from "../../run/plan-context.js";
import { resolveProviders } from "../../run/providers.js";
import type { RunEnvironment } from "../../run/run-context.js";
import { driftOf } from "../check.js";
import type { Drift } from "../check.js";
import { furtherVersions } from "../further-versions.js";
import type { RunOptions } from "../options.js";
import type { Project } from "../project.js";

/** What is mended in one transaction. */
export interface PlannedMend {
  /** A table, a sequence, or `alembic_version`. */
  readonly subject: string;
  readonly summary: string;
  readonly settles: readonly Drift[];
  /** The dearest thing done to each table. */
  readonly tables: readonly { readonly name: string; readonly cost: CostClass }[];
  readonly losesData: readonly {
    readonly what: string;
    readonly count: number;
    /** The rows, the first hundred where there are more. */
    readonly rows: readonly string[];
  }[];
  readonly statements: readonly string[];
  readonly notes: readonly string[];
  /** Why it cannot be done, or null. */
  readonly obstacle: Obstacle | null;
}

/** Why something is not mended. */
export interface Obstacle {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** What only a person can settle. */
export interface LeftToPerson extends Drift {
  /** Why, and what can be done. */
  readonly why: string;
}

interface FoundMends {
  readonly mends: readonly Mend[];
  readonly byHand: readonly SchemaDifference[];
}

/** @throws InputError `nothing-to-repair` for a plain database */
export async function findMends(project: Project, session: Session): Promise<FoundMends> {
  const { repository } = project;
  const verification = await repository.verification(furtherVersions(project));
  if (verification !== null) return verification.findMends(session);
  throw new InputError(
    "nothing-to-repair",
    `${repository.uri} is a plain database: what its schema should be is not known.`,
    { hint: "Repair a Butler repository by its folder." },
  );
}

/** What no mend settles, with the reason. */
export function leftToPerson(difference: SchemaDifference): LeftToPerson {
  return { ...driftOf(difference), why: whyByHand(difference) };
}

/** What mends run with, which have no options of their own. */
export async function environmentOf(project: Project, options: RunOptions): Promise<RunEnvironment> {
  return {
    repository: project.repository,
    options: new Map(),
    providers: await resolveProviders(project, options),
    dataLoss: options.dataLoss ?? "refuse",
    onEvent: options.onEvent ?? (() => {}),
    jobs: 1,
    onPause: options.onPause,
  };
}

/** How a mend is named where a revision would be. */
export function nameOf({ subject }: Mend): string {
  return `repair of ${subject}`;
}

/** An error as the reason why a mend is not made. */
export function obstacleOf({ code, message, hint }: GodwitError): Obstacle {
  return { code, message, hint: hint ?? null };
}

/** What a mend would do, and what stands in its way. */
export async function planMend(
  { repository }: Project,
  environment: RunEnvironment,
  session: Session,
  mend: Mend,
): Promise<PlannedMend> {
  const { PlanningSchemaEditor } = await import("../../database/schema/planning.js");
  const shared = {
    schema: new PlanningSchemaEditor(session.schema(repository.conventions)),
    changed: new Set<string>(),
    shadow: new Map<string, unknown>(),
  };
  const context = new PlanContext(environment, session, shared, {
    direction: "up",
    revision: { id: nameOf(mend) },
  });
  let obstacle: Obstacle | null = null;
  try {
    await mend.apply(context);
  } catch (error) {
    if (error instanceof NotKnownYet) context.report(`Only known while running: ${error.message}`);
    else if (error instanceof RefusedError) obstacle = obstacleOf(error);
    else throw error;
  }
  const { tables, statements, notes, losesData } = context.foresight();
  const losses = losesData.map((loss) => ({ ...loss, count: Number(loss.count) }));
  return {
    subject: mend.subject,
    summary: mend.summary,
    settles: mend.settles.map(driftOf),
    tables: [...tables].map(([name, cost]) => ({ name, cost })),
    losesData: losses,
    statements,
    notes,
    obstacle: obstacle ?? lossObstacle(environment, losses),
  };
}

function lossObstacle({ dataLoss }: RunEnvironment, losses: PlannedMend["losesData"]): Obstacle | null {
  const [loss] = losses;
  if (loss === undefined || dataLoss === "allow") return null;
  return {
    code: "data-loss",
    message: `It would lose ${loss.count} ${loss.what}: ${someOf(loss)}.`,
    hint: "Add --allow-data-loss if that is what you want; --plan lists more of them.",
  };
}

const namedInMessage = 10;

function someOf({ count, rows }: PlannedMend["losesData"][number]): string {
  const named = rows.slice(0, namedInMessage);
  return [...named, ...(count > named.length ? [`${count - named.length} more`] : [])].join("; ");
}
