/** Definitions of columns for tests that need no database. */
import type { Column } from "../../lib/database/schema/table.js";

/** A column of texts that may be NULL, but for what is said otherwise. */
export function column(name: string, more: Partial<Column> = {}): Column {
  return {
    name,
    type: "TEXT",
    nullable: true,
    default: null,
    collation: null,
    generated: null,
    identity: null,
    autoincrement: false,
    comment: null,
    ...more,
  };
}
