/** The changes of a table as data: what `TableAlteration` and `TableDefinition` gather. */
import type { Sql, SqlValue } from "../sql.js";
import type {
  ColumnChange,
  ForeignKeyOptions,
  IndexOptions,
  Named,
  NewColumn,
  TableAlteration,
  TableDefinition,
  Validation,
} from "./editor.js";
import type { Check } from "./table.js";
import type { LogicalType } from "./types.js";

/** A constraint, by its name, or by its columns where it may have none. */
export type ConstraintSelector =
  | { readonly name: string }
  | { readonly kind: "unique" | "foreign-key"; readonly columns: readonly string[] };

export type IndexSelector = ({ readonly name: string } | { readonly columns: readonly string[] }) & {
  /** On PostgreSQL while others read and write, which takes a sub-step with `autocommit`. */
  readonly concurrently?: boolean;
};

export interface References {
  readonly table: string;
  readonly columns: readonly string[];
}

export type TableChange =
  | {
      readonly kind: "add-column";
      readonly name: string;
      readonly type: LogicalType;
      readonly options: NewColumn;
    }
  | { readonly kind: "change-column"; readonly name: string; readonly change: ColumnChange }
  | { readonly kind: "drop-column"; readonly name: string }
  | { readonly kind: "rename-column"; readonly name: string; readonly newName: string }
  | { readonly kind: "set-primary-key"; readonly columns: readonly string[]; readonly options: Named }
  | { readonly kind: "drop-primary-key" }
  | { readonly kind: "add-unique"; readonly columns: readonly string[]; readonly options: Named }
  | {
      readonly kind: "add-foreign-key";
      readonly columns: readonly string[];
      readonly references: References;
      readonly options: ForeignKeyOptions;
    }
  | { readonly kind: "add-check"; readonly check: Check; readonly options?: Validation }
  | { readonly kind: "add-exclusion"; readonly name: string; readonly definition: string }
  | { readonly kind: "drop-constraint"; readonly which: ConstraintSelector }
  | {
      readonly kind: "add-index";
      readonly columns: readonly (string | Sql)[];
      readonly options: IndexOptions;
    }
  | { readonly kind: "drop-index"; readonly which: IndexSelector }
  | { readonly kind: "rename-constraint"; readonly name: string; readonly newName: string }
  | { readonly kind: "rename-index"; readonly name: string; readonly newName: string }
  | { readonly kind: "rename-table"; readonly newName: string }
  | { readonly kind: "comment"; readonly text: string | null };

/** The changes that a function asks of a table, in order. */
export function recordAlteration(change: (table: TableAlteration) => void): TableChange[] {
  const recorder = new Recorder();
  change(recorder);
  return recorder.changes;
}

/** The parts of a new table that a function asks for, in order. */
export function recordDefinition(define: (table: TableDefinition) => void): TableChange[] {
  const recorder = new Recorder();
  define({
    column: (name, type, options) => recorder.addColumn(name, type, options),
    primaryKey: (columns, options) => recorder.setPrimaryKey(columns, options),
    unique: (columns, options) => recorder.addUnique(columns, options),
    foreignKey: (columns, references, options) => recorder.addForeignKey(columns, references, options),
    check: (check) => recorder.addCheck(check),
    index: (columns, options) => recorder.addIndex(columns, options),
    comment: (text) => recorder.comment(text),
  });
  return recorder.changes;
}

/** Whether something that stands for a value is a piece of SQL. */
export function isSql(value: SqlValue | Sql): value is Sql {
  return typeof value === "object" && value !== null && "parts" in value;
}

class Recorder implements TableAlteration {
  readonly changes: TableChange[] = [];

  addColumn(name: string, type: LogicalType, options: NewColumn = {}): void {
    this.changes.push({ kind: "add-column", name, type, options });
  }

  changeColumn(name: string, change: ColumnChange): void {
    this.changes.push({ kind: "change-column", name, change });
  }

  dropColumn(name: string): void {
    this.changes.push({ kind: "drop-column", name });
  }

  renameColumn(name: string, newName: string): void {
    this.changes.push({ kind: "rename-column", name, newName });
  }

  setPrimaryKey(columns: readonly string[], options: Named = {}): void {
    this.changes.push({ kind: "set-primary-key", columns, options });
  }

  dropPrimaryKey(): void {
    this.changes.push({ kind: "drop-primary-key" });
  }

  addUnique(columns: readonly string[], options: Named = {}): void {
    this.changes.push({ kind: "add-unique", columns, options });
  }

  addForeignKey(columns: readonly string[], references: References, options: ForeignKeyOptions = {}): void {
    this.changes.push({ kind: "add-foreign-key", columns, references, options });
  }

  addCheck(check: Check, options: Validation = {}): void {
    this.changes.push({ kind: "add-check", check, options });
  }

  addExclusion(name: string, definition: string): void {
    this.changes.push({ kind: "add-exclusion", name, definition });
  }

  dropConstraint(which: ConstraintSelector): void {
    this.changes.push({ kind: "drop-constraint", which });
  }

  addIndex(columns: readonly (string | Sql)[], options: IndexOptions = {}): void {
    this.changes.push({ kind: "add-index", columns, options });
  }

  dropIndex(which: IndexSelector): void {
    this.changes.push({ kind: "drop-index", which });
  }

  renameConstraint(name: string, newName: string): void {
    this.changes.push({ kind: "rename-constraint", name, newName });
  }

  renameIndex(name: string, newName: string): void {
    this.changes.push({ kind: "rename-index", name, newName });
  }

  rename(newName: string): void {
    this.changes.push({ kind: "rename-table", newName });
  }

  comment(text: string | null): void {
    this.changes.push({ kind: "comment", text });
  }
}
