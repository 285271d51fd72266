import { GodwitError, StepError } from "../errors.js";
import { copy } from "./copy.js";
import type { CopyOptions, CopyReport } from "./copy.js";
import type { RunOptions } from "./options.js";
import type { RunReport } from "./results.js";
import { upgrade } from "./upgrade.js";

/** How a repository is upgraded into a copy. */
export interface UpgradeIntoOptions extends RunOptions, CopyOptions {
  /** Told when the copy is complete, before it is upgraded. */
  readonly onCopied?: (report: CopyReport) => void;
}

export interface UpgradeIntoReport {
  readonly copy: CopyReport;
  /** What was done to the copy. */
  readonly run: RunReport;
}

/**
 * Makes a copy, and brings the copy up to the targets; the original is only read.
 *
 * @param source folder or `butler.yaml` of a Butler, label of the repository index, or database URL
 * @param destination a folder that does not exist yet; for a plain database a database URL
 * @throws what `copy` and `upgrade` throw; a step that fails leaves the copy where the message says
 * @example await upgradeInto("/repo/main", "/repo/main-2026");
 */
export async function upgradeInto(
  source: string,
  destination: string,
  targets: string | readonly string[] = "head",
  options: UpgradeIntoOptions = {},
): Promise<UpgradeIntoReport> {
  const report = await copy(source, destination, options);
  options.onCopied?.(report);
  try {
    return { copy: report, run: await upgrade(report.uri, targets, options) };
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    throw new StepError(error.code, `${error.message}\nThis concerns the copy; the original is as it was.`, {
      hint: `${error.hint ?? ""}\nThe copy goes on with: godwit upgrade --repo ${report.uri}`.trim(),
      cause: error,
      done: error.done,
    });
  }
}
