import type { PlannedStep, PlanReport } from "../../api/results.js";
import { print } from "./table.js";

/** Prints what would be done, step by step. */
export function printPlan({ steps, note }: PlanReport): void {
  if (steps.length === 0) {
    print(note ?? "Nothing to do.");
    return;
  }
  for (const [index, step] of steps.entries()) {
    if (index > 0) print("");
    for (const line of describe(index + 1, step)) print(line);
  }
}

function describe(position: number, step: PlannedStep): string[] {
  const names = { up: "upgrade", down: "downgrade", switch: "switch" };
  return [
    `${position}. ${[names[step.direction], step.manager, wayOf(step)].filter(Boolean).join(" ")} (${step.revision})`,
    `   ${step.summary}`,
    `   ${traits(step).join(", ")}`,
    ...step.tables.map((table) => `   ${table.name}: ${table.cost}${sizeText(table.rows, table.bytes)}`),
    ...step.losesData.map(
      ({ what, count }) => `   LOSES DATA: ${what}${count === null ? "" : ` (${count})`}`,
    ),
    ...step.options.map(
      ({ name, value, description }) =>
        `   option ${name}${value === null ? "" : ` = ${value}`}: ${description}`,
    ),
    ...step.providers.map(
      ({ name, given, required, purpose }) =>
        `   provider ${name}${given ? " (given)" : required ? "" : " (built in)"}: ${purpose}`,
    ),
    ...step.missing.map((name) => `   MISSING: ${name === "code" ? "there is no code yet" : name}`),
    ...step.notes.map((note) => `   ${note}`),
  ];
}

/** From which version to which; over a switch the classes change too. Trees without classes have no versions. */
function wayOf({ class: branch, fromClass, fromVersion, toVersion }: PlannedStep): string {
  if (branch === null && fromVersion === null && toVersion === null) return "";
  const versions = [fromVersion ?? "nothing", toVersion ?? "nothing"];
  if (fromClass !== null && branch !== null && fromClass !== branch)
    return `${fromClass} ${versions[0]} -> ${branch} ${versions[1]}`;
  return [...(branch === null ? [] : [branch]), versions.join(" -> ")].join(" ");
}

function traits(step: PlannedStep): string[] {
  const compatibility =
    step.compatibility === null
      ? []
      : [
          `newer code on an older repository: ${step.compatibility.backward}`,
          `older code on the result: ${step.compatibility.forward}`,
        ];
  return [
    step.live ? "others may go on working" : "needs the repository for itself",
    step.transactional ? "one transaction" : "several transactions",
    step.reversible ? "can be undone" : "cannot be undone",
    ...(step.changes === "content" ? ["changes content only"] : []),
    ...compatibility,
  ];
}

function sizeText(rows: number | null, bytes: number | null): string {
  const parts = [rows === null ? "" : `about ${rows} rows`, bytes === null ? "" : byteText(bytes)].filter(
    (part) => part !== "",
  );
  return parts.length === 0 ? "" : `, ${parts.join(", ")}`;
}

function byteText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
