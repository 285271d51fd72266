import type { CurrentReport } from "../../api/results.js";
import { note, print, table } from "./table.js";

/** Prints where a repository stands. */
export function printCurrent(report: CurrentReport): void {
  const { repository, managers, problems } = report;
  const place =
    repository.namespace === null ? repository.uri : `${repository.uri} (schema ${repository.namespace})`;
  print(place);
  if (repository.format !== null) {
    print(
      `format ${repository.format}${repository.defaults === null ? "" : `, the defaults of ${repository.defaults}`}`,
    );
  }
  print("");
  print(
    table(
      ["MANAGER", "CLASS", "VERSION", "REVISION", "PENDING"],
      managers.map((one) => [
        one.manager,
        one.class ?? "-",
        one.version ?? "-",
        one.revisions.join(", ") || "-",
        pendingText(one.pending),
      ]),
    ),
  );
  for (const { message, hint } of problems) {
    note(`\nproblem: ${message}`);
    if (hint !== null) note(`   hint: ${hint}`);
  }
}

function pendingText(pending: readonly string[]): string {
  if (pending.length === 0) return "up to date";
  return pending.length <= 3 ? pending.join(", ") : `${pending.length} revisions, to ${pending.at(-1)}`;
}
