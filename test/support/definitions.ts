/** Definitions of what a table has, for tests that need no database: as usual, but for what is said otherwise. */
import type { Column, ForeignKey, Index } from "../../lib/database/schema/table.js";

/** A column of texts that may be NULL. */
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

/** A foreign key that does nothing but refuse. */
export function foreignKey(
  name: string | null,
  columns: readonly string[],
  referencedTable: string,
  referencedColumns: readonly string[],
  more: Partial<ForeignKey> = {},
): ForeignKey {
  return {
    name,
    columns,
    referencedTable,
    referencedColumns,
    onDelete: "NO ACTION",
    onUpdate: "NO ACTION",
    deferrable: "no",
    ...more,
  };
}

/** An index of one column. */
export function index(name: string, indexed: string, more: Partial<Index> = {}): Index {
  return {
    name,
    unique: false,
    keys: [{ column: indexed, expression: null, suffix: null }],
    method: "btree",
    where: null,
    include: [],
    ...more,
  };
}
