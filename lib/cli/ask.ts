import { createInterface } from "node:readline/promises";
import { RefusedError } from "../errors.js";

/**
 * Asks before harm. `--yes` answers; without a terminal it is refused.
 * @throws RefusedError `not-confirmed`
 */
export async function confirm(question: string, yes: "yes" | "ask"): Promise<void> {
  if (yes === "yes") return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new RefusedError("not-confirmed", `${question} There is no terminal to ask on.`, {
      hint: "Add --yes.",
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new RefusedError("not-confirmed", "Nothing was changed.", {
    hint: "Answer y to go on.",
  });
}

/** Whether there is somebody to ask. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}
