/** Checks a repository before the first step of a run, and after each, while it can still be rolled back. */
import { objectText } from "../database/schema/differences.js";
import type { Session } from "../database/database.js";
import { RefusedError, StepError } from "../errors.js";
import { furtherVersions } from "./further-versions.js";
import type { Project } from "./project.js";
import type { RowFinding, SchemaDifference, Verification } from "../repository/verification.js";

/** Called at the end of a step, in its transaction. @throws StepError `verification-failed` */
export type StepVerifier = (session: Session, revision: string) => Promise<void>;

/**
 * Checks a repository, and returns what checks it again after each step.
 * @returns null for a plain database, of which nothing is known
 * @throws RefusedError `not-as-it-should-be` where something is wrong before the first step; debts that are known are no hindrance
 */
export async function startVerification(project: Project): Promise<StepVerifier | null> {
  const { repository } = project;
  const verification = await repository.verification(furtherVersions(project));
  if (verification === null) return null;
  const before = await repository.database.transaction({ mode: "read" }, (session) =>
    findings(verification, session),
  );
  const wrong = before.filter(({ known }) => !known);
  if (wrong.length > 0) {
    throw new RefusedError(
      "not-as-it-should-be",
      `The repository is not as its versions say:\n${textOf(wrong)}`,
      { hint: "`godwit check --deep` shows all of it, `godwit repair` mends what is known." },
    );
  }
  let accepted = new Set(before.map(({ text }) => text));
  return async (session, revision) => {
    const after = await findings(verification, session);
    const added = after.filter(({ text }) => !accepted.has(text));
    if (added.length > 0) {
      throw new StepError(
        "verification-failed",
        `After revision ${revision} the repository is not as its versions say:\n${textOf(added)}`,
        { hint: "The step was rolled back. Please report this." },
      );
    }
    accepted = new Set(after.map(({ text }) => text));
  };
}

/** Something that is wrong, in words that are the same for the same thing. */
interface Finding {
  readonly text: string;
  /** Whether it is a debt that is known. */
  readonly known: boolean;
}

/** Variations are not wrong, and files are not touched by migrations. */
async function findings(verification: Verification, session: Session): Promise<Finding[]> {
  const { differences, rows } = await verification.checkAll(session, { files: "skip" });
  return [
    ...differences
      .filter((one) => one.class !== "variation")
      .map((one) => ({ text: differenceText(one), known: one.class === "debt" })),
    ...rows.map((one) => ({ text: rowText(one), known: false })),
  ];
}

/** A difference in words. */
export function differenceText(difference: SchemaDifference): string {
  const { table, expected, found } = difference;
  const place = table === "" ? "" : `${table}: `;
  return `${place}${objectText(difference)}: expected ${expected ?? "nothing"}, found ${found ?? "nothing"}`;
}

function rowText({ message, examples }: RowFinding): string {
  return examples.length === 0 ? message : `${message} (${examples.join("; ")})`;
}

const shown = 10;

function textOf(list: readonly Finding[]): string {
  const lines = list.slice(0, shown).map(({ text }) => `  ${text}`);
  if (list.length > shown) lines.push(`  and ${list.length - shown} more`);
  return lines.join("\n");
}
