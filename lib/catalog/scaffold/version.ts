import { InputError } from "../../errors.js";

/** Checks a version: numbers separated by dots. @throws InputError `bad-version` */
export function checkVersion(version: string, form: "three-numbers" | "one-number" | "numbers"): string {
  const patterns = {
    "three-numbers": { pattern: /^\d+\.\d+\.\d+$/, example: "2.1.0" },
    "one-number": { pattern: /^\d+$/, example: "9" },
    numbers: { pattern: /^\d+(\.\d+)*$/, example: "1.0.0" },
  } as const;
  const { pattern, example } = patterns[form];
  if (pattern.test(version) && !/(^|\.)0\d/.test(version)) return version;
  throw new InputError("bad-version", `${JSON.stringify(version)} is not a version.`, {
    hint: `Write it like ${example}.`,
  });
}

/** Compares versions number by number: negative where `a` comes before `b`. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(BigInt);
  const right = b.split(".").map(BigInt);
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0n) - (right[at] ?? 0n);
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  return 0;
}
