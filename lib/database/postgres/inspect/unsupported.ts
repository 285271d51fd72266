import { InputError } from "../../../errors.js";

/** Something was found that a table's definition cannot hold: an error that names it, rather than a silent loss. */
export function cannotRepresent(table: string, what: string, hint?: string): InputError {
  return new InputError(
    "unsupported-object",
    `Table "${table}" cannot be described completely: it has ${what}.`,
    hint === undefined ? {} : { hint },
  );
}
