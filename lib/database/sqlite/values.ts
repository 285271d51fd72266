import type { Row, SqlValue } from "../sql.js";
import type { DriverRow } from "./driver.js";

/** Rows that were read with the storage class of each column (`t0`, `t1`, …) beside its value (`v0`, `v1`, …). */
export function decodeRows(columns: readonly string[], rows: readonly DriverRow[]): Row[] {
  const cells = columns.map((name, index) => ({ name, storageClass: `t${index}`, value: `v${index}` }));
  // Built from pairs, as a column may be called `__proto__`.
  return rows.map((row) =>
    Object.fromEntries(
      cells.map(({ name, storageClass, value }) => [name, decode(row[storageClass], row[value])]),
    ),
  );
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
