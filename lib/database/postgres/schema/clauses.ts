/** The clauses of `CREATE TABLE` and `ALTER TABLE` for the parts of a table. */
import type { Check, Column, Exclusion, ForeignKey, Index, KeyDetails, Unique } from "../../schema/table.js";
import { cannotRepresent } from "../inspect/unsupported.js";
import { quoteName } from "../literals.js";
import { surely } from "../../../known.js";

/** Writes names of one repository's schema. */
export class Clauses {
  constructor(private readonly namespace: string) {}

  relation(name: string): string {
    return `${quoteName(this.namespace)}.${quoteName(name)}`;
  }

  column(column: Column): string {
    return [
      quoteName(column.name),
      column.type,
      column.collation === null ? "" : `COLLATE ${column.collation}`,
      column.nullable ? "" : `${named(column.notNullName ?? null)}NOT NULL`,
      column.default === null ? "" : `DEFAULT ${column.default}`,
      generatedClause(column),
      identityClause(column),
    ]
      .filter((piece) => piece !== "")
      .join(" ");
  }

  primaryKey(key: Unique): string {
    return `${named(key.name)}PRIMARY KEY ${this.#key(key)}`;
  }

  unique(key: Unique): string {
    const nulls = key.nullsNotDistinct === true ? "NULLS NOT DISTINCT " : "";
    return `${named(key.name)}UNIQUE ${nulls}${this.#key(key)}`;
  }

  #key(key: Unique): string {
    const overlaps = key.withoutOverlaps === true ? " WITHOUT OVERLAPS" : "";
    const columns = `(${key.columns.map(quoteName).join(", ")}${overlaps})`;
    const include = key.include === undefined ? "" : ` INCLUDE (${key.include.map(quoteName).join(", ")})`;
    return `${columns}${include}${indexDetails(key, "USING INDEX TABLESPACE")}${deferrable(key.deferrable ?? "no")}`;
  }

  foreignKey(key: ForeignKey): string {
    const target = `${quoteName(key.referencedSchema ?? this.namespace)}.${quoteName(key.referencedTable)}`;
    const referenced = this.#periodColumns(key.referencedColumns, key);
    const setColumns =
      key.onDeleteColumns === undefined ? "" : ` (${key.onDeleteColumns.map(quoteName).join(", ")})`;
    return [
      `${named(key.name)}FOREIGN KEY (${this.#periodColumns(key.columns, key)}) REFERENCES ${target}`,
      referenced === "" ? "" : ` (${referenced})`,
      key.match === undefined ? "" : " MATCH FULL",
      key.onUpdate === "NO ACTION" ? "" : ` ON UPDATE ${key.onUpdate}`,
      key.onDelete === "NO ACTION" ? "" : ` ON DELETE ${key.onDelete}${setColumns}`,
      deferrable(key.deferrable),
      validity(key),
    ].join("");
  }

  #periodColumns(columns: readonly string[], key: ForeignKey): string {
    return columns
      .map(
        (column, index) =>
          (key.period === true && index === columns.length - 1 ? "PERIOD " : "") + quoteName(column),
      )
      .join(", ");
  }

  check(check: Check): string {
    const inherit = check.noInherit === true ? " NO INHERIT" : "";
    return `${named(check.name)}CHECK (${check.expression})${inherit}${validity(check)}`;
  }

  exclusion(exclusion: Exclusion): string {
    return `${named(exclusion.name)}${exclusion.definition}`;
  }

  /**
   * The complete `CREATE INDEX`.
   * @throws InputError `unsupported-object` for one that is not valid, which nothing can make as it is
   */
  index(table: string, index: Index, how: "at-once" | "concurrently" = "at-once"): string {
    if (index.valid === false) {
      throw cannotRepresent(
        table,
        `the index "${index.name}", which is not valid (its creation was interrupted)`,
        `Make it again with REINDEX INDEX, or drop it: DROP INDEX ${quoteName(index.name)}`,
      );
    }
    const keys = index.keys.map((key) => {
      const subject = key.column === null ? inParentheses(surely(key.expression)) : quoteName(key.column);
      return key.suffix === null ? subject : `${subject} ${key.suffix}`;
    });
    return [
      `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${how === "concurrently" ? "CONCURRENTLY " : ""}${quoteName(index.name)}`,
      ` ON ${this.relation(table)} USING ${quoteName(index.method)} (${keys.join(", ")})`,
      index.include.length === 0 ? "" : ` INCLUDE (${index.include.map(quoteName).join(", ")})`,
      index.nullsNotDistinct === true ? " NULLS NOT DISTINCT" : "",
      indexDetails(index, "TABLESPACE"),
      index.where === null ? "" : ` WHERE ${index.where}`,
    ].join("");
  }
}

/** Whether a constraint may stand in `CREATE TABLE`, where `NOT VALID` has no effect. */
export function isPlain(constraint: Check | ForeignKey): boolean {
  return constraint.validated !== false;
}

function generatedClause(column: Column): string {
  if (column.generated === null) return "";
  return `GENERATED ALWAYS AS (${column.generated.expression}) ${column.generated.stored ? "STORED" : "VIRTUAL"}`;
}

export function identityClause(column: Column): string {
  if (column.identity === null) return "";
  const when = column.identity === "always" ? "ALWAYS" : "BY DEFAULT";
  const options = column.identityOptions === undefined ? "" : ` (${column.identityOptions})`;
  return `GENERATED ${when} AS IDENTITY${options}`;
}

function named(name: string | null): string {
  return name === null ? "" : `CONSTRAINT ${quoteName(name)} `;
}

function indexDetails(details: KeyDetails, tablespace: string): string {
  const storage = details.storage === undefined ? "" : ` WITH (${details.storage})`;
  return `${storage}${details.tablespace === undefined ? "" : ` ${tablespace} ${quoteName(details.tablespace)}`}`;
}

function deferrable(when: ForeignKey["deferrable"]): string {
  if (when === "no") return "";
  return when === "initially-deferred" ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
}

function validity(constraint: Check | ForeignKey): string {
  if (constraint.enforced === false) return " NOT ENFORCED";
  return constraint.validated === false ? " NOT VALID" : "";
}

function inParentheses(expression: string): string {
  return expression.startsWith("(") ? expression : `(${expression})`;
}
