import { InputError } from "../errors.js";
import type { ErrorDetails } from "../errors.js";

/** A place in a file; `line` counts from 1. `file` is null for a definition that a program made. */
export interface Spot {
  readonly file: string | null;
  readonly line: number;
}

/** An error about a revision file, which begins with file and line, as editors and terminals understand them. */
export function faultAt(
  { file, line }: Spot,
  code: string,
  message: string,
  details?: ErrorDetails,
): InputError {
  return new InputError(
    code,
    `${file === null ? "A definition in the program" : `${file}:${line}`}: ${message}`,
    details,
  );
}

/** The line, counted from 1, of a position in a text. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < position; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
