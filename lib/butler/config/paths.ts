/** The names of places, as Butler reads them. */
import type { Environment } from "../../environment.js";
import { homedir } from "node:os";
import { InputError } from "../../errors.js";

/**
 * The path that a text names: of a `file:` URI without its escapes; else the text itself, with `~` and variables of the environment in
 * their meaning. It may be relative.
 * @throws InputError `bad-uri`
 */
export function pathOf(text: string, environment: Environment): string {
  if (!/^file:/i.test(text)) return expanded(text, environment);
  const rest = text.replace(/^file:(\/\/(localhost)?(?=\/|$))?/i, "");
  try {
    return decodeURIComponent(rest);
  } catch {
    throw new InputError(
      "bad-uri",
      `"${text}" is no file URI: a % in it is not followed by two hexadecimal digits.`,
      { hint: "A % itself is written %25." },
    );
  }
}

/** A variable that is not set stays as it is written. */
function expanded(text: string, environment: Environment): string {
  return text
    .replace(/^~(?=\/|$)/, () => environment["HOME"] ?? homedir())
    .replaceAll(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (whole, braced: string | undefined, bare: string | undefined) =>
        environment[braced ?? bare ?? ""] ?? whole,
    );
}

/** Whether a text is a URI of a place that is not on this computer. */
export function isRemote(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(text) && !/^file:/i.test(text);
}

/** A URI as it may be shown. */
export function withoutPassword(uri: string): string {
  return uri.replace(/([^/@:]*):(?!\/\/).*@/s, "$1@");
}
