import type { ColumnText } from "./column.js";
import type { FlagValues } from "./flags.js";
import type { CheckText, ForeignKeyText, KeyText, RenameText } from "./keys.js";

/** The changes of a table, or the dimension, that the flags of a template ask for. */
export interface AskedChanges {
  readonly table?: string;
  readonly family?: string;
  /** The primary key of a table that is made. */
  readonly createTable?: KeyText;
  readonly addColumn: readonly ColumnText[];
  /** A name alone where the definition is not known. */
  readonly dropColumn: readonly (ColumnText | string)[];
  readonly renameColumn: readonly RenameText[];
  readonly addIndex: readonly KeyText[];
  readonly dropIndex: readonly KeyText[];
  readonly addUnique: readonly KeyText[];
  readonly addForeignKey: readonly ForeignKeyText[];
  readonly addCheck: readonly CheckText[];
  /** A dimension that is added, and those that it refers to. */
  readonly dimension?: string;
  readonly requires: readonly string[];
  readonly implies: readonly string[];
}

/** The flags as changes; a template need not declare all of them. */
export function askedChanges(flags: FlagValues): AskedChanges {
  const none: AskedChanges = {
    addColumn: [],
    dropColumn: [],
    renameColumn: [],
    addIndex: [],
    dropIndex: [],
    addUnique: [],
    addForeignKey: [],
    addCheck: [],
    requires: [],
    implies: [],
  };
  return { ...none, ...flags };
}
