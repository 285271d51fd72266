import type {
  Check,
  ConstraintDetails,
  Exclusion,
  ForeignKey,
  KeyDetails,
  PrimaryKey,
  ReferentialAction,
  Unique,
} from "../../schema/table.js";
import type { Row } from "../../sql.js";
import type { Catalog } from "./catalog.js";
import { isTrue, listOf, optional, storageOf, textOf, textOrNull } from "./read.js";
import { withoutOuterParentheses } from "./text.js";

const ofKind = (catalog: Catalog, kind: string): readonly Row[] =>
  catalog.constraints.filter((row) => row["kind"] === kind);

export function readPrimaryKey(catalog: Catalog): PrimaryKey | null {
  const [row] = ofKind(catalog, "p");
  return row === undefined ? null : readKey(row);
}

export function readUniques(catalog: Catalog): Unique[] {
  return ofKind(catalog, "u").map(readKey);
}

function readKey(row: Row): Unique {
  return { name: textOf(row, "name"), columns: listOf(row, "columns"), ...keyDetails(row) };
}

function keyDetails(row: Row): KeyDetails {
  const include = listOf(row, "include");
  return {
    ...objectDetails(row),
    ...(include.length === 0 ? {} : { include }),
    ...optional("deferrable", deferrableOf(row)),
    ...optional("nullsNotDistinct", isTrue(row, "nullsNotDistinct") || null),
    ...optional("withoutOverlaps", isTrue(row, "period") || null),
  };
}

function objectDetails(row: Row): Pick<KeyDetails, "comment" | "tablespace" | "storage"> {
  return {
    ...optional("comment", textOrNull(row, "comment")),
    ...optional("tablespace", textOrNull(row, "tablespace")),
    ...optional("storage", storageOf(row, "storage")),
  };
}

function deferrableOf(row: Row): "initially-immediate" | "initially-deferred" | null {
  if (!isTrue(row, "deferrable")) return null;
  return isTrue(row, "deferred") ? "initially-deferred" : "initially-immediate";
}

const actions: Readonly<Record<string, ReferentialAction>> = {
  a: "NO ACTION",
  r: "RESTRICT",
  c: "CASCADE",
  n: "SET NULL",
  d: "SET DEFAULT",
};

export function readForeignKeys(catalog: Catalog): ForeignKey[] {
  return ofKind(catalog, "f").map((row) => {
    const onDeleteColumns = listOf(row, "onDeleteColumns");
    return {
      name: textOf(row, "name"),
      columns: listOf(row, "columns"),
      referencedTable: textOf(row, "referencedTable"),
      referencedColumns: listOf(row, "referencedColumns"),
      onDelete: actions[textOf(row, "onDelete")] ?? "NO ACTION",
      onUpdate: actions[textOf(row, "onUpdate")] ?? "NO ACTION",
      deferrable: deferrableOf(row) ?? "no",
      ...constraintDetails(row),
      ...optional("referencedSchema", textOrNull(row, "referencedSchema")),
      ...optional("match", row["match"] === "f" ? "full" : null),
      ...(onDeleteColumns.length === 0 ? {} : { onDeleteColumns }),
      ...optional("period", isTrue(row, "period") || null),
      ...optional("comment", textOrNull(row, "comment")),
    };
  });
}

export function readChecks(catalog: Catalog): Check[] {
  return ofKind(catalog, "c").map((row) => ({
    name: textOf(row, "name"),
    expression: withoutOuterParentheses(textOf(row, "definition")),
    ...constraintDetails(row),
    ...optional("comment", textOrNull(row, "comment")),
  }));
}

function constraintDetails(row: Row): ConstraintDetails {
  const enforced = row["enforced"] !== false;
  return {
    // What is not enforced counts as not valid, without having been declared so.
    ...optional("validated", isTrue(row, "validated") || !enforced ? null : false),
    ...optional("enforced", enforced ? null : false),
    ...optional("noInherit", row["kind"] === "c" && isTrue(row, "noInherit") ? true : null),
    ...optional("inherited", isTrue(row, "local") ? null : true),
  };
}

export function readExclusions(catalog: Catalog): Exclusion[] {
  return ofKind(catalog, "x").map((row) => ({
    name: textOf(row, "name"),
    definition: textOf(row, "definition"),
    ...objectDetails(row),
  }));
}
