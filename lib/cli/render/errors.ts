import { isatty } from "node:tty";
import colors from "picocolors";
import { GodwitError, messageOf } from "../../errors.js";
import { harmless } from "./table.js";

/** Colour is for terminals only. `isTTY` of other streams is undefined, which would have the library decide: it says yes in CI. */
const { red } = colors.createColors(isatty(2) && process.env["NO_COLOR"] === undefined);

/** Prints an error: message and hint for people, one document for programs; never a stack unless asked. */
export function printError(
  error: unknown,
  manner: { readonly json: boolean; readonly verbose: boolean },
): void {
  const known = error instanceof GodwitError ? error : null;
  const message = messageOf(error);
  if (manner.json) {
    const document = {
      schema: 1,
      error: {
        code: known?.code ?? "defect",
        message,
        hint: known?.hint ?? null,
        done: known?.done ?? [],
      },
    };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  process.stderr.write(`${red("error:")} ${harmless(message)}\n`);
  const hint =
    known === null ? "This is a defect of godwit; --verbose shows where. Please report it." : known.hint;
  if (hint !== undefined && hint !== "") process.stderr.write(`${indent(harmless(hint))}\n`);
  if (manner.verbose && error instanceof Error) process.stderr.write(`\n${harmless(describe(error))}\n`);
}

function indent(hint: string): string {
  const [first = "", ...rest] = hint.split("\n");
  return [`hint: ${first}`, ...rest.map((line) => `      ${line}`)].join("\n");
}

function describe(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\nCaused by: ${describe(error.cause)}` : stack;
}
