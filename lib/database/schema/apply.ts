/** What a table becomes by a list of changes: pure, and the same for both databases. */
import { InputError } from "../../errors.js";
import type { DialectName } from "../database.js";
import type { Sql, SqlValue } from "../sql.js";
import { isSql } from "./changes.js";
import type { ConstraintSelector, IndexSelector, TableChange } from "./changes.js";
import type { Conventions, ObjectName } from "./conventions.js";
import type { Column, ForeignKey, Index, IndexKey, PrimaryKey, Table, Unique } from "./table.js";
import type { LogicalType } from "./types.js";

/** Where the values of a column come from, for the rows that are there. */
export type ColumnSource =
  /** A column of the old table, as it is. */
  | { readonly kind: "old"; readonly column: string }
  /** An expression over the old columns. */
  | { readonly kind: "expression"; readonly expression: Sql }
  /** A new column: its default, or NULL. */
  | { readonly kind: "default" };

/** The table that the changes lead to. */
export interface Target {
  readonly table: Table;
  /** By the names of the new columns. */
  readonly sources: ReadonlyMap<string, ColumnSource>;
  /** The old name of each column that stays, by its new name; also where its values are new. */
  readonly origins: ReadonlyMap<string, string>;
}

/** What a database and a repository say about names and types. */
export interface Rules {
  readonly dialect: DialectName;
  readonly conventions: Conventions;
  /** SQL as text. */
  render(statement: Sql): string;
  /** A value as text. */
  literal(value: SqlValue): string;
  /** What expressions say of columns; absent where the database itself keeps them in step with renamed and dropped columns. */
  readonly expressions?: ExpressionRules;
}

/** How columns stand in the text of expressions. */
export interface ExpressionRules {
  mentions(expression: string, column: string): boolean;
  /** The expression after a column got a new name. */
  rename(expression: string, column: string, newName: string): string;
}

/** An empty table, to which a definition is applied. */
export function emptyTable(name: string): Table {
  return {
    name,
    columns: [],
    primaryKey: null,
    uniques: [],
    foreignKeys: [],
    checks: [],
    exclusions: [],
    indexes: [],
    triggers: [],
    comment: null,
    options: {},
  };
}

/**
 * Applies changes in order.
 * @throws InputError `unknown-column`, `unknown-constraint`, `unknown-index`, `duplicate-column`, `bad-alteration`
 */
export function applyChanges(table: Table, changes: readonly TableChange[], rules: Rules): Target {
  const draft = new Draft(table, rules);
  for (const change of changes) draft.apply(change);
  return draft.finish();
}

/** The parts of a logical column: a timespan is two columns on SQLite. */
export function columnParts(dialect: DialectName, name: string, type: LogicalType): readonly string[] {
  return type.kind === "timespan" && dialect === "sqlite" ? [`${name}_begin`, `${name}_end`] : [name];
}

class Draft {
  readonly #rules: Rules;
  #table: Table;
  readonly #sources: Map<string, ColumnSource>;
  readonly #origins: Map<string, string>;
  /** Foreign keys whose index is made at the end, when all keys are known. */
  readonly #indexed: ForeignKey[] = [];

  constructor(table: Table, rules: Rules) {
    this.#table = table;
    this.#rules = rules;
    this.#sources = new Map(table.columns.map(({ name }) => [name, { kind: "old", column: name }]));
    this.#origins = new Map(table.columns.map(({ name }) => [name, name]));
  }

  finish(): Target {
    for (const key of this.#indexed) this.#addForeignKeyIndex(key);
    return { table: this.#table, sources: this.#sources, origins: this.#origins };
  }

  apply(change: TableChange): void {
    switch (change.kind) {
      case "add-column":
        for (const name of columnParts(this.#rules.dialect, change.name, change.type))
          this.#addColumn(name, change);
        return;
      case "change-column":
        this.#changeColumn(change);
        return;
      case "drop-column":
        this.#dropColumn(change.name);
        return;
      case "rename-column":
        this.#renameColumn(change.name, change.newName);
        return;
      case "set-primary-key":
        this.#setPrimaryKey(change.columns, change.options.name);
        return;
      case "drop-primary-key":
        this.#table = { ...this.#table, primaryKey: null };
        return;
      case "add-unique":
        this.#addUnique(change.columns, change.options.name);
        return;
      case "add-foreign-key":
        this.#addForeignKey(change);
        return;
      case "add-check":
        this.#table = { ...this.#table, checks: [...this.#table.checks, change.check] };
        return;
      case "add-exclusion":
        this.#addExclusion(change);
        return;
      case "drop-constraint":
        this.#dropConstraint(change.which);
        return;
      case "add-index":
        this.#addIndex(change);
        return;
      case "drop-index":
        this.#dropIndex(change.which);
        return;
      case "rename-constraint":
        this.#renameConstraint(change.name, change.newName);
        return;
      case "rename-index":
        this.#renameIndex(change.name, change.newName);
        return;
      case "rename-table":
        this.#rename(change.newName);
        return;
      case "comment":
        this.#table = { ...this.#table, comment: change.text };
        return;
    }
  }

  #addColumn(name: string, { type, options }: Extract<TableChange, { kind: "add-column" }>): void {
    if (this.#find(name) !== undefined) {
      throw new InputError("duplicate-column", `Table "${this.#table.name}" has a column "${name}" already.`);
    }
    const column: Column = {
      name,
      type: this.#rules.conventions.columnType(this.#rules.dialect, type),
      nullable: options.nullable ?? false,
      default: options.default === undefined ? null : this.#defaultText(options.default),
      collation: null,
      generated: null,
      identity: null,
      autoincrement: false,
      comment: options.comment ?? null,
    };
    this.#table = { ...this.#table, columns: [...this.#table.columns, column] };
    this.#sources.set(
      name,
      options.using === undefined ? { kind: "default" } : { kind: "expression", expression: options.using },
    );
    this.#addColumnCheck(name, type);
  }

  #addColumnCheck(name: string, type: LogicalType): void {
    const check = this.#rules.conventions.columnCheck(this.#rules.dialect, this.#table.name, name, type);
    if (check !== null) this.#table = { ...this.#table, checks: [...this.#table.checks, check] };
  }

  #changeColumn({ name, change }: Extract<TableChange, { kind: "change-column" }>): void {
    const column = this.#require(name);
    const changed: Column = {
      ...column,
      type:
        change.type === undefined
          ? column.type
          : this.#rules.conventions.columnType(this.#rules.dialect, change.type),
      nullable: change.nullable ?? column.nullable,
      default: this.#changedDefault(column, change.default),
      comment: change.comment === undefined ? column.comment : change.comment,
    };
    this.#replaceColumn(name, changed);
    if (change.using !== undefined) this.#sources.set(name, { kind: "expression", expression: change.using });
    if (change.type !== undefined) this.#replaceColumnCheck(name, change.type);
  }

  #changedDefault(column: Column, value: SqlValue | Sql | undefined): string | null {
    if (value === undefined) return column.default;
    return value === null ? null : this.#defaultText(value);
  }

  /** The check that goes with a column's type has a name of its own; it is kept in its place where only its text changes. */
  #replaceColumnCheck(column: string, type: LogicalType): void {
    const { conventions, dialect } = this.#rules;
    const check = conventions.columnCheck(dialect, this.#table.name, column, type);
    const name = conventions.objectName(dialect, {
      kind: "length-check",
      table: this.#table.name,
      columns: [column],
    });
    const position = this.#table.checks.findIndex((one) => one.name !== null && one.name === name);
    const checks = [...this.#table.checks];
    if (position >= 0) checks.splice(position, 1, ...(check === null ? [] : [check]));
    else if (check !== null) checks.push(check);
    this.#table = { ...this.#table, checks };
  }

  #dropColumn(name: string): void {
    this.#require(name);
    const holds = (columns: readonly string[]): boolean => columns.includes(name);
    const { conventions, dialect } = this.#rules;
    const lengthCheck = conventions.objectName(dialect, {
      kind: "length-check",
      table: this.#table.name,
      columns: [name],
    });
    const { primaryKey } = this.#table;
    if (primaryKey !== null && holds(primaryKey.columns)) {
      throw new InputError(
        "bad-alteration",
        `Column "${name}" belongs to the primary key of "${this.#table.name}".`,
        {
          hint: "Set another primary key first.",
        },
      );
    }
    this.#table = {
      ...this.#table,
      columns: this.#table.columns.filter((column) => column.name !== name),
      uniques: this.#table.uniques.filter((key) => !holds(key.columns)),
      foreignKeys: this.#table.foreignKeys.filter((key) => !holds(key.columns)),
      checks: this.#table.checks.filter(
        (check) =>
          (check.name === null || check.name !== lengthCheck) && !this.#mentions(check.expression, name),
      ),
      indexes: this.#table.indexes.filter(
        (index) =>
          !this.#mentions(index.where, name) &&
          !index.keys.some((key) => key.column === name || this.#mentions(key.expression, name)),
      ),
    };
    this.#sources.delete(name);
    this.#origins.delete(name);
  }

  #renameColumn(name: string, newName: string): void {
    const column = this.#require(name);
    if (this.#find(newName) !== undefined) {
      throw new InputError(
        "duplicate-column",
        `Table "${this.#table.name}" has a column "${newName}" already.`,
      );
    }
    const renamed = (columns: readonly string[]): string[] =>
      columns.map((one) => (one === name ? newName : one));
    const source = this.#sources.get(name) ?? { kind: "old", column: name };
    this.#replaceColumn(name, { ...column, name: newName });
    this.#sources.delete(name);
    this.#sources.set(newName, source);
    const origin = this.#origins.get(name);
    this.#origins.delete(name);
    if (origin !== undefined) this.#origins.set(newName, origin);
    const reworded = <T extends string | null>(text: T): T => {
      if (text === null || this.#rules.expressions === undefined) return text;
      return this.#rules.expressions.rename(text, name, newName) as T;
    };
    const { primaryKey } = this.#table;
    this.#table = {
      ...this.#table,
      primaryKey: primaryKey === null ? null : { ...primaryKey, columns: renamed(primaryKey.columns) },
      uniques: this.#table.uniques.map((key) => ({ ...key, columns: renamed(key.columns) })),
      foreignKeys: this.#table.foreignKeys.map((key) => ({
        ...key,
        columns: renamed(key.columns),
        referencedColumns: this.#isOwn(key) ? renamed(key.referencedColumns) : key.referencedColumns,
      })),
      columns: this.#table.columns.map((one) =>
        one.generated === null
          ? one
          : { ...one, generated: { ...one.generated, expression: reworded(one.generated.expression) } },
      ),
      checks: this.#table.checks.map((check) => ({ ...check, expression: reworded(check.expression) })),
      indexes: this.#table.indexes.map((index) => ({
        ...index,
        where: reworded(index.where),
        keys: index.keys.map((key) =>
          key.column === name
            ? { ...key, column: newName }
            : { ...key, expression: reworded(key.expression) },
        ),
      })),
    };
  }

  /** Foreign keys of the table to itself follow its name; PostgreSQL sees to that by itself. */
  #rename(newName: string): void {
    const follows = this.#rules.expressions !== undefined;
    const foreignKeys = this.#table.foreignKeys.map((key) =>
      follows && this.#isOwn(key) ? { ...key, referencedTable: newName } : key,
    );
    this.#table = { ...this.#table, name: newName, foreignKeys };
  }

  #isOwn({ referencedTable }: ForeignKey): boolean {
    return (
      this.#rules.expressions !== undefined &&
      referencedTable.toLowerCase() === this.#table.name.toLowerCase()
    );
  }

  #mentions(expression: string | null, column: string): boolean {
    return expression !== null && this.#rules.expressions?.mentions(expression, column) === true;
  }

  #setPrimaryKey(columns: readonly string[], name: string | undefined): void {
    for (const column of columns) this.#require(column);
    const key: PrimaryKey = {
      name: name ?? this.#table.primaryKey?.name ?? this.#name({ kind: "primary-key", columns }),
      columns,
    };
    this.#table = { ...this.#table, primaryKey: key, columns: this.#keyColumns(columns) };
  }

  /** Columns of a key are NOT NULL on PostgreSQL; SQLite leaves them as they are, as tables made by older releases have them. */
  #keyColumns(columns: readonly string[]): readonly Column[] {
    if (this.#rules.dialect === "sqlite") return this.#table.columns;
    return this.#table.columns.map((column) =>
      columns.includes(column.name) ? { ...column, nullable: false } : column,
    );
  }

  #addUnique(columns: readonly string[], name: string | undefined): void {
    for (const column of columns) this.#require(column);
    const unique: Unique = { name: name ?? this.#name({ kind: "unique", columns }), columns };
    this.#table = { ...this.#table, uniques: [...this.#table.uniques, unique] };
  }

  #addForeignKey({ columns, references, options }: Extract<TableChange, { kind: "add-foreign-key" }>): void {
    for (const column of columns) this.#require(column);
    const name =
      options.name ??
      this.#name({
        kind: "foreign-key",
        columns,
        referencedTable: references.table,
        referencedColumns: references.columns,
      });
    const key: ForeignKey = {
      name,
      columns,
      referencedTable: references.table,
      referencedColumns: references.columns,
      onDelete: options.onDelete ?? "NO ACTION",
      onUpdate: options.onUpdate ?? "NO ACTION",
      deferrable: options.deferrable ?? "no",
    };
    this.#table = { ...this.#table, foreignKeys: [...this.#table.foreignKeys, key] };
    if (options.index !== "none" && this.#rules.conventions.foreignKeyIndexes !== "never")
      this.#indexed.push(key);
  }

  /** A key that is covered by the same columns in the same order needs no index of its own. */
  #addForeignKeyIndex({ columns }: ForeignKey): void {
    const same = (other: readonly (string | null)[]): boolean =>
      other.length === columns.length && other.every((one, index) => one === columns[index]);
    const { primaryKey, uniques, indexes } = this.#table;
    const covered =
      (primaryKey !== null && same(primaryKey.columns)) ||
      uniques.some((key) => same(key.columns)) ||
      indexes.some((index) => index.where === null && same(index.keys.map((key) => key.column)));
    if (covered) return;
    const name = this.#name({ kind: "foreign-key-index", columns });
    if (name === null) return;
    const index = plainIndex(name, columns);
    this.#table = { ...this.#table, indexes: [...this.#table.indexes, index] };
  }

  #addExclusion({ name, definition }: Extract<TableChange, { kind: "add-exclusion" }>): void {
    if (this.#rules.dialect === "sqlite") {
      throw new InputError(
        "bad-alteration",
        `SQLite has no exclusion constraints ("${name}" on "${this.#table.name}").`,
      );
    }
    this.#table = { ...this.#table, exclusions: [...this.#table.exclusions, { name, definition }] };
  }

  #dropConstraint(which: ConstraintSelector): void {
    const matches = (
      key: { readonly name: string | null; readonly columns?: readonly string[] },
      kind: string,
    ): boolean =>
      "name" in which
        ? key.name === which.name
        : which.kind === kind && JSON.stringify(key.columns) === JSON.stringify(which.columns);
    const before = this.#countConstraints();
    this.#table = {
      ...this.#table,
      uniques: this.#table.uniques.filter((key) => !matches(key, "unique")),
      foreignKeys: this.#table.foreignKeys.filter((key) => !matches(key, "foreign-key")),
      checks: this.#table.checks.filter((key) => !matches(key, "check")),
      exclusions: this.#table.exclusions.filter((key) => !matches(key, "exclusion")),
    };
    if (this.#countConstraints() < before) return;
    const what =
      "name" in which ? `constraint "${which.name}"` : `${which.kind} on (${which.columns.join(", ")})`;
    throw new InputError("unknown-constraint", `Table "${this.#table.name}" has no ${what}.`);
  }

  #countConstraints(): number {
    const { uniques, foreignKeys, checks, exclusions } = this.#table;
    return uniques.length + foreignKeys.length + checks.length + exclusions.length;
  }

  #addIndex({ columns, options }: Extract<TableChange, { kind: "add-index" }>): void {
    const keys = columns.map((column): IndexKey => {
      if (typeof column !== "string")
        return { column: null, expression: this.#rules.render(column), suffix: null };
      this.#require(column);
      return { column, expression: null, suffix: null };
    });
    const names = columns.filter((column) => typeof column === "string");
    const name = options.name ?? this.#name({ kind: "index", columns: names });
    if (name === null)
      throw new InputError("bad-alteration", `The new index on "${this.#table.name}" has no name.`);
    const index: Index = {
      name,
      unique: options.unique ?? false,
      keys,
      method: options.method ?? "btree",
      where: options.where === undefined ? null : this.#rules.render(options.where),
      include: [],
    };
    this.#table = { ...this.#table, indexes: [...this.#table.indexes, index] };
  }

  #dropIndex(which: IndexSelector): void {
    const matches = (index: Index): boolean =>
      "name" in which
        ? index.name === which.name
        : JSON.stringify(index.keys.map((key) => key.column)) === JSON.stringify(which.columns);
    const indexes = this.#table.indexes.filter((index) => !matches(index));
    if (indexes.length === this.#table.indexes.length) {
      const what = "name" in which ? `"${which.name}"` : `on (${which.columns.join(", ")})`;
      throw new InputError("unknown-index", `Table "${this.#table.name}" has no index ${what}.`);
    }
    this.#table = { ...this.#table, indexes };
  }

  #renameConstraint(name: string, newName: string): void {
    let found = 0;
    const rename = <T extends { readonly name: string | null }>(key: T): T => {
      if (key.name !== name) return key;
      found += 1;
      return { ...key, name: newName };
    };
    const { primaryKey } = this.#table;
    this.#table = {
      ...this.#table,
      primaryKey: primaryKey === null ? null : rename(primaryKey),
      uniques: this.#table.uniques.map(rename),
      foreignKeys: this.#table.foreignKeys.map(rename),
      checks: this.#table.checks.map(rename),
      exclusions: this.#table.exclusions.map(rename),
    };
    if (found === 0)
      throw new InputError("unknown-constraint", `Table "${this.#table.name}" has no constraint "${name}".`);
  }

  #renameIndex(name: string, newName: string): void {
    if (!this.#table.indexes.some((index) => index.name === name)) {
      throw new InputError("unknown-index", `Table "${this.#table.name}" has no index "${name}".`);
    }
    const indexes = this.#table.indexes.map((index) =>
      index.name === name ? { ...index, name: newName } : index,
    );
    this.#table = { ...this.#table, indexes };
  }

  #name(name: Omit<ObjectName, "table">): string | null {
    return this.#rules.conventions.objectName(this.#rules.dialect, { ...name, table: this.#table.name });
  }

  #defaultText(value: SqlValue | Sql): string {
    return isSql(value) ? this.#rules.render(value) : this.#rules.literal(value);
  }

  #find(name: string): Column | undefined {
    return this.#table.columns.find((column) => column.name === name);
  }

  #require(name: string): Column {
    const column = this.#find(name);
    if (column !== undefined) return column;
    throw new InputError("unknown-column", `Table "${this.#table.name}" has no column "${name}".`, {
      hint: `It has ${this.#table.columns.map((one) => one.name).join(", ")}.`,
    });
  }

  #replaceColumn(name: string, column: Column): void {
    const columns = this.#table.columns.map((one) => (one.name === name ? column : one));
    this.#table = { ...this.#table, columns };
  }
}

/** An index on whole columns. */
export function plainIndex(name: string, columns: readonly string[]): Index {
  return {
    name,
    unique: false,
    keys: columns.map((column) => ({ column, expression: null, suffix: null })),
    method: "btree",
    where: null,
    include: [],
  };
}
