/** What is no hindrance to a run, and yet should be known before it changes something. */
import { InputError, RefusedError } from "../errors.js";
import type { Repository } from "../repository/repository.js";
import type { PreparedStep } from "../run/prepare.js";
import { furtherVersions } from "./further-versions.js";
import type { RunOptions } from "./options.js";
import type { Project } from "./project.js";
import { differenceText } from "./verify.js";

/** Tells what somebody should know, as events. */
export async function warn(
  project: Project,
  steps: readonly PreparedStep[],
  { onEvent, verify }: RunOptions,
): Promise<void> {
  const warnings = [
    ...outsideWarnings(project.repository, steps),
    // Otherwise it was looked at before, and refused.
    ...(verify === "every-step" ? [] : await schemaWarnings(project)),
  ];
  for (const message of warnings) onEvent?.({ kind: "warning", message });
}

function outsideWarnings(repository: Repository, steps: readonly PreparedStep[]): string[] {
  const file = repository.readOnlyOutside();
  const others = steps.filter(({ before, after }) => before?.branch !== after?.branch);
  if (file === null || others.length === 0) return [];
  const managers = [...new Set(others.map(({ step }) => step.manager))].join(", ");
  return [
    `${file} cannot be written: once ${managers} has another class, it has to be edited by hand before a Butler can open the repository.`,
  ];
}

const shown = 3;

async function schemaWarnings(project: Project): Promise<string[]> {
  const { repository } = project;
  const verification = await repository.verification(furtherVersions(project));
  if (verification === null) return [];
  try {
    const found = await repository.database.transaction({ mode: "read" }, (session) =>
      verification.compareSchema(session),
    );
    const drift = found.filter((one) => one.class === "drift").map(differenceText);
    if (drift.length === 0) return [];
    const rest = drift.length > shown ? `; and ${drift.length - shown} more` : "";
    return [
      `The schema is not what its versions say: ${drift.slice(0, shown).join("; ")}${rest}. \`godwit check\` shows all of it.`,
    ];
  } catch (error) {
    // What cannot be compared is no hindrance either.
    if (!(error instanceof InputError || error instanceof RefusedError)) throw error;
    return [`The schema cannot be compared with what its versions say: ${error.message}`];
  }
}
