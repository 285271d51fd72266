import type { Conventions } from "../../../database/schema/conventions.js";
import type { DialectName } from "../../../database/database.js";
import type { LogicalType } from "../../../database/schema/types.js";
import { literalCode } from "../code.js";
import { typeCodeOf } from "../stored-type.js";

/** A type of a column that is there: as code, and as the editor takes it. */
export interface StoredType {
  readonly code: string;
  readonly type: LogicalType;
}

/** How the repository that is changed writes types. */
export interface TypeWriting {
  readonly conventions: Conventions;
  readonly dialect: DialectName;
}

/** The type that is stored so; the text itself where the repository would store the logical type otherwise. */
export function storedType(stored: string, { conventions, dialect }: TypeWriting): StoredType {
  const code = typeCodeOf(stored);
  const type = code === null ? null : logicalType(code);
  if (code !== null && type !== null && sameType(conventions.columnType(dialect, type), stored))
    return { code, type };
  const texts = { sqlite: stored, postgres: stored };
  return { code: `type.native(${literalCode(texts)})`, type: { kind: "native", ...texts } };
}

/** Databases write the names of types in upper or lower case. */
export function sameType(one: string, other: string): boolean {
  return plainText(one) === plainText(other);
}

function plainText(type: string): string {
  return type.replaceAll(/\s+/g, "").toLowerCase();
}

function logicalType(code: string): LogicalType {
  const length = /\d+/.exec(code)?.[0];
  if (length !== undefined) return { kind: "string", length: Number(length) };
  return { kind: code.slice("type.".length, -"()".length) } as LogicalType;
}

const numbers: readonly string[] = ["type.smallint()", "type.integer()", "type.bigint()"];

/** Whether a database keeps each value as it is or refuses the change: among integers, and among texts of different lengths. */
export function keepsValues(from: string, to: string): boolean {
  const [old, fresh] = [typeCodeOf(from), typeCodeOf(to)];
  if (old === null || fresh === null) return false;
  if (numbers.includes(old)) return numbers.includes(fresh);
  return [old, fresh].every((code) => code === "type.text()" || code.startsWith("type.string("));
}
