/** Length checks of strings, as Butler writes them: `length("c")<=16 AND length("c")>=1`. */
import { valueAt } from "../../known.js";
const pattern = /^length\((.+?)\)\s*<=\s*(\d+)\s+AND\s+length\((.+?)\)\s*>=\s*(\d+)$/i;

interface LengthCheck {
  readonly column: string;
  readonly most: bigint;
  readonly least: bigint;
}

/** Whether every row that obeys `old` obeys `next`, so that no row has to be read. */
export function impliesCheck(old: string, next: string): boolean {
  const before = read(old);
  const after = read(next);
  if (before === null || after === null || before.column !== after.column) return false;
  return before.most <= after.most && before.least >= after.least;
}

/** The column whose length a check of this form bounds, or null. */
export function lengthCheckedColumn(expression: string): string | null {
  return read(expression)?.column ?? null;
}

function read(expression: string): LengthCheck | null {
  const match = pattern.exec(expression.trim());
  if (match === null) return null;
  const [first, second] = [bare(valueAt(match, 1)), bare(valueAt(match, 3))];
  if (first !== second) return null;
  return { column: first, most: BigInt(valueAt(match, 2)), least: BigInt(valueAt(match, 4)) };
}

function bare(name: string): string {
  return name.trim().replace(/^"(.*)"$/s, (_, inner: string) => inner.replaceAll('""', '"'));
}
