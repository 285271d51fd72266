import type { Obstacle } from "../../api/repair/mends.js";
import type { RepairPlan } from "../../api/repair/plan.js";
import type { RepairReport } from "../../api/repair/repair.js";
import { note, print } from "./table.js";

/** Prints what would be mended, a table after the other. */
export function printRepairPlan({ mends, byHand, edits }: RepairPlan): void {
  if (mends.length === 0 && byHand.length === 0 && edits.length === 0) print("Nothing to repair.");
  for (const { subject, summary, tables, losesData, notes, obstacle } of mends) {
    print(`${subject}: ${summary}`);
    for (const { name, cost } of tables) print(`   ${name}: ${cost}`);
    for (const { what, count, rows } of losesData) {
      print(`   LOSES DATA: ${what} (${count})`);
      for (const row of rows) print(`      ${row}`);
      if (count > rows.length) print(`      and ${count - rows.length} more`);
    }
    for (const text of notes) print(`   ${text}`);
    if (obstacle !== null) print(`   REFUSED: ${obstacleText(obstacle)}`);
  }
  for (const { file, description } of edits) print(`${file}: ${description}`);
  for (const { table, object, why } of byHand) print(`by hand: ${placeOf(table, object)}: ${why}`);
}

/** Prints what was mended, and what is left. */
export function printRepair({ mended, refused, byHand, edits, check }: RepairReport): void {
  const left = check.drift.filter((one) => one.class !== "variation");
  const done = [
    ...mended.map(({ subject }) => subject),
    ...new Set(edits.filter(({ outcome }) => outcome === "done").map(({ file }) => file)),
  ];
  if (done.length + refused.length + edits.length + left.length === 0) print("Nothing to repair.");
  if (done.length > 0)
    print(`Mended ${done.length === 1 ? "1 thing" : `${done.length} things`}: ${done.join(", ")}`);
  for (const { subject, obstacle } of refused) note(`refused: ${subject}: ${obstacleText(obstacle)}`);
  for (const { message } of check.problems) note(`problem: ${message}`);
  for (const { table, object, expected, found } of left) {
    const why = byHand.find((one) => one.table === table && one.object === object)?.why;
    const difference = `expected ${expected ?? "nothing"}, found ${found ?? "nothing"}`;
    note(`left: ${placeOf(table, object)}: ${difference}${why === undefined ? "" : ` (${why})`}`);
  }
}

function placeOf(table: string, object: string): string {
  return table === "" ? object : `${table}: ${object}`;
}

function obstacleText({ message, hint }: Obstacle): string {
  return hint === null ? message : `${message} ${hint}`;
}
