import type { LogicalType } from "../../../database/schema/types.js";
import { literalCode } from "../code.js";
import { typeCodeOf } from "../stored-type.js";

/** A type of a column that is there: as code, and as the editor takes it. */
export interface StoredType {
  readonly code: string;
  readonly type: LogicalType;
}

/** The type that is stored so. One that only this database has is given as its text. */
export function storedType(stored: string): StoredType {
  const code = typeCodeOf(stored);
  if (code === null) {
    const texts = { sqlite: stored, postgres: stored };
    return { code: `type.native(${literalCode(texts)})`, type: { kind: "native", ...texts } };
  }
  const length = /\d+/.exec(code)?.[0];
  if (length !== undefined) return { code, type: { kind: "string", length: Number(length) } };
  const kind = code.slice("type.".length, -"()".length);
  return { code, type: { kind } as LogicalType };
}

/** The same for ways to write the same type. */
export function typeKey(stored: string): string {
  return typeCodeOf(stored) ?? stored;
}
