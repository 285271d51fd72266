import type { CheckReport, Drift } from "../../api/check.js";
import type { Manner } from "../settings.js";
import { note, print, table } from "./table.js";

/** Prints what a check found; what is harmless in a line a cause, unless more is asked for. */
export function printCheck(report: CheckReport, { verbose }: Manner, against?: string): void {
  const { ok, pending, problems, drift, rows } = report;
  if (pending.length > 0)
    print(
      `${pending.length === 1 ? "1 revision is" : `${pending.length} revisions are`} pending: godwit plan`,
    );
  for (const { message, hint } of problems) {
    note(`problem: ${message}`);
    if (hint !== null) note(`   hint: ${hint}`);
  }
  printGroup(`Differs from ${against ?? "what the versions say"}:`, ofClass(drift, "drift"));
  printGroup("Left by migrations of the Python tool (godwit repair mends it):", ofClass(drift, "debt"));
  printVariations(ofClass(drift, "variation"), verbose);
  for (const { message, examples } of rows ?? []) {
    print(`\n${message}`);
    for (const example of examples) print(`  ${example}`);
  }
  if (ok && against !== undefined) print(`The schema is the same as that of ${against}.`);
  else if (ok) print(`Everything is as it should be${rows === null ? "" : ", every row too"}.`);
}

function ofClass(drift: readonly Drift[], group: Drift["class"]): Drift[] {
  return drift.filter((one) => one.class === group);
}

function printGroup(title: string, drift: readonly Drift[]): void {
  if (drift.length === 0) return;
  print(`\n${title}`);
  print(
    table(
      ["TABLE", "OBJECT", "EXPECTED", "FOUND"],
      drift.map((one) => [
        one.table === "" ? "-" : one.table,
        one.object,
        one.expected ?? "nothing",
        one.found ?? "nothing",
      ]),
    ),
  );
  for (const reason of explanations(drift)) print(`  ${reason}`);
}

function printVariations(drift: readonly Drift[], verbose: boolean): void {
  if (verbose) {
    printGroup("No version number says it, and it does no harm:", drift);
    return;
  }
  for (const reason of explanations(drift)) {
    const count = drift.filter((one) => one.explanation === reason).length;
    print(`harmless, ${count === 1 ? "1 difference" : `${count} differences`}: ${reason}`);
  }
}

function explanations(drift: readonly Drift[]): string[] {
  return [...new Set(drift.flatMap(({ explanation }) => (explanation === null ? [] : [explanation])))];
}
