import { InputError } from "../../errors.js";
import { literalCode } from "./code.js";
import type { ColumnText } from "./column.js";

const types: Readonly<Record<string, string>> = {
  "type.bigint()": "int",
  "type.double()": "float",
  "type.boolean()": "bool",
};

/** A column as a dimension configuration describes it. @throws InputError `bad-column` for a type that it has no word for */
export function elementCode({ name, type }: ColumnText): string {
  const length = /^type\.string\((\d+)\)$/.exec(type)?.[1];
  if (length !== undefined) return literalCode({ name, type: "string", length: Number(length) });
  const word = types[type];
  if (word !== undefined) return literalCode({ name, type: word });
  throw new InputError("bad-column", `A dimension configuration has no word for the type of "${name}".`, {
    hint: "It has string(LENGTH), bigint, double and boolean.",
  });
}
