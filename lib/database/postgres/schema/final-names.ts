/**
 * Rules and indexes are made when all columns have their new names, so that what their texts said before a rename is put into the
 * names of the end. The server itself follows renames into all that is there already.
 */
import type { TableChange } from "../../schema/changes.js";
import type { NameChange } from "../../schema/renames.js";
import type { Sql, SqlPart } from "../../sql.js";
import { quoteName } from "../literals.js";

/**
 * The changes with texts that speak of columns as they are called at the end. What is made and loses its column in the same alteration is
 * dropped with it, as the server would.
 */
export function withFinalNames(changes: readonly TableChange[]): TableChange[] {
  const drops = new Map<TableChange, TableChange[]>();
  const named = changes.map((change, index) => finallyNamed(change, changes.slice(index + 1), drops));
  return named.flatMap((change, index) => [...(drops.get(changes[index] ?? change) ?? []), change]);
}

/** @param drops what goes together with a column, by the change that drops it */
function finallyNamed(
  change: TableChange,
  rest: readonly TableChange[],
  drops: Map<TableChange, TableChange[]>,
): TableChange {
  let result = change;
  let name = nameOf(change);
  for (const later of rest) {
    if (later.kind === "rename-column") result = renamedIn(result, later);
    if (name === null) continue;
    if (isRename(later) && later.name === name) name = later.newName;
    if (isDrop(later) && "name" in later.which && later.which.name === name) name = null;
    if (name === null || later.kind !== "drop-column") continue;
    const { name: column } = later;
    if (!textsOf(result).some((text) => mentions(text, column))) continue;
    const kind = change.kind === "add-index" ? "drop-index" : "drop-constraint";
    drops.set(later, [...(drops.get(later) ?? []), { kind, which: { name } }]);
    name = null;
  }
  return result;
}

function isRename(
  change: TableChange,
): change is Extract<TableChange, { kind: "rename-index" | "rename-constraint" }> {
  return change.kind === "rename-index" || change.kind === "rename-constraint";
}

function isDrop(
  change: TableChange,
): change is Extract<TableChange, { kind: "drop-index" | "drop-constraint" }> {
  return change.kind === "drop-index" || change.kind === "drop-constraint";
}

/** The name of a rule or index with texts; null where it has none of its own. */
function nameOf(change: TableChange): string | null {
  switch (change.kind) {
    case "add-check":
      return change.check.name;
    case "add-exclusion":
      return change.name;
    case "add-index":
      return change.options.name ?? null;
    default:
      return null;
  }
}

/** The texts of a change that are made a rule or an index. */
function textsOf(change: TableChange): string[] {
  switch (change.kind) {
    case "add-check":
      return [change.check.expression];
    case "add-exclusion":
      return [change.definition];
    case "add-index": {
      const { where } = change.options;
      const pieces = [...change.columns, ...(where === undefined ? [] : [where])];
      return pieces.flatMap((one) => (typeof one === "string" ? [] : [textOf(one)]));
    }
    default:
      return [];
  }
}

/** Names as they would stand in the text; values play no part. */
function textOf({ parts }: Sql): string {
  return parts
    .map((part) => {
      if (part.kind === "text") return part.text;
      return part.kind === "value" ? "''" : quoteName(part.name);
    })
    .join("");
}

function renamedIn(change: TableChange, rename: NameChange): TableChange {
  switch (change.kind) {
    case "add-check": {
      const expression = renamedInText(change.check.expression, rename);
      return { ...change, check: { ...change.check, expression } };
    }
    case "add-exclusion":
      return { ...change, definition: renamedInText(change.definition, rename) };
    case "add-index": {
      const { where } = change.options;
      return {
        ...change,
        columns: change.columns.map((one) => (typeof one === "string" ? one : renamedInSql(one, rename))),
        options:
          where === undefined ? change.options : { ...change.options, where: renamedInSql(where, rename) },
      };
    }
    default:
      return change;
  }
}

function renamedInSql(statement: Sql, rename: NameChange): Sql {
  const parts = statement.parts.map((part): SqlPart => {
    if (part.kind === "text") return { ...part, text: renamedInText(part.text, rename) };
    if (part.kind === "identifier" && part.name === rename.name) return { ...part, name: rename.newName };
    return part;
  });
  return { parts };
}

/** Strings, quoted names, casts with their types, and words with the parenthesis that makes a function of them. */
const pieces =
  /E'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|::\s*[\w$".]+|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*(?:\s*\()?/gi;

/** A text with the new name of a column wherever it speaks of it. */
function renamedInText(text: string, { name, newName }: NameChange): string {
  return text.replaceAll(pieces, (piece) => (isColumn(piece, name) ? quoteName(newName) : piece));
}

/** Whether an expression speaks of a column. */
export function mentions(expression: string, column: string): boolean {
  return (expression.match(pieces) ?? []).some((piece) => isColumn(piece, column));
}

function isColumn(piece: string, name: string): boolean {
  if (piece.startsWith('"')) return piece.slice(1, -1).replaceAll('""', '"') === name;
  return /^[a-z_\u0080-\uffff]/i.test(piece) && piece.toLowerCase() === name;
}
