import type { Obstacle, RepairPlan, RepairReport } from "../../api/repair.js";
import { note, print } from "./table.js";

/** Prints what would be mended, a table after the other. */
export function printRepairPlan({ mends, byHand }: RepairPlan): void {
  if (mends.length === 0 && byHand.length === 0) print("Nothing to repair.");
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
  for (const { table, object } of byHand) print(`by hand: ${table === "" ? "" : `${table}: `}${object}`);
}

/** Prints what was mended, and what is left. */
export function printRepair({ mended, refused, check }: RepairReport): void {
  const left = check.drift.filter((one) => one.class !== "variation");
  if (mended.length === 0 && refused.length === 0 && left.length === 0) print("Nothing to repair.");
  if (mended.length > 0)
    print(
      `Mended ${mended.length === 1 ? "1 thing" : `${mended.length} things`}: ${mended.map(({ subject }) => subject).join(", ")}`,
    );
  for (const { subject, obstacle } of refused) note(`refused: ${subject}: ${obstacleText(obstacle)}`);
  for (const { message } of check.problems) note(`problem: ${message}`);
  for (const { table, object, expected, found } of left) {
    const place = table === "" ? object : `${table}: ${object}`;
    note(`left: ${place}: expected ${expected ?? "nothing"}, found ${found ?? "nothing"}`);
  }
}

function obstacleText({ message, hint }: Obstacle): string {
  return hint === null ? message : `${message} ${hint}`;
}
