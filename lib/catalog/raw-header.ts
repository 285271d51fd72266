/** A value that stands in a header as a literal. */
export type Literal =
  string | number | boolean | null | readonly Literal[] | { readonly [name: string]: Literal };

/** A field of a header: a literal, or code that is only noted. */
export interface RawField {
  /** Counts from 1. */
  readonly line: number;
  /** Absent where the field holds code. */
  readonly value?: Literal;
}

/** The header of a file as it is written, not checked yet. Made of JSON values, so that it can be cached. */
export interface RawHeader {
  readonly kind: "revision" | "switch";
  /** Line of the default export, counted from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<string, RawField>>;
}

/** Fields that hold code. What stands in them is not looked at before the step runs. */
export const codeFields: ReadonlySet<string> = new Set([
  "up",
  "down",
  "verify",
  "invariants",
  "preconditions",
]);
