import type { Row, SqlValue } from "../sql.js";
import type { DriverRow } from "./driver.js";

/** A row that was read with the storage class of each column (`t0`, `t1`, …) beside its value (`v0`, `v1`, …). */
export function decodeRow(columns: readonly string[], row: DriverRow): Row {
  // Built from pairs, as a column may be called `__proto__`.
  return Object.fromEntries(columns.map((name, index) => [name, decode(row[`t${index}`], row[`v${index}`])]));
}

function decode(storageClass: unknown, value: unknown): SqlValue {
  switch (storageClass) {
    case "integer":
      return BigInt(value as string);
    case "real":
      return value as number;
    case "text":
      return value as string;
    case "blob":
      return value as Uint8Array;
    default:
      return null;
  }
}
