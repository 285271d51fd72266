import type { Index, IndexKey, Trigger } from "../../schema/table.js";
import type { Row } from "../../sql.js";
import type { Catalog } from "./catalog.js";
import { isTrue, listOf, optional, storageOf, textOf, textOrNull } from "./read.js";
import { splitList } from "./text.js";
import { cannotRepresent } from "./unsupported.js";

export function readIndexes(table: string, catalog: Catalog): Index[] {
  return catalog.indexes.map((row) => {
    return {
      name: textOf(row, "name"),
      unique: isTrue(row, "unique"),
      keys: readKeys(table, row),
      method: textOf(row, "method"),
      where: textOrNull(row, "where"),
      include: listOf(row, "include"),
      ...optional("nullsNotDistinct", isTrue(row, "nullsNotDistinct") || null),
      ...optional("valid", isTrue(row, "valid") ? null : false),
      ...optional("comment", textOrNull(row, "comment")),
      ...optional("tablespace", textOrNull(row, "tablespace")),
      ...optional("storage", storageOf(row, "storage")),
    };
  });
}

interface KeyText {
  /** null for an expression. */
  readonly column: string | null;
  /** The column or expression alone, as the server writes it. */
  readonly text: string;
}

/**
 * The server writes a key with collation, operator class and order only as part of the whole statement; what follows the key's own
 * text there is its suffix.
 */
function readKeys(table: string, row: Row): IndexKey[] {
  const keys = JSON.parse(textOf(row, "keys")) as KeyText[];
  const definition = textOf(row, "definition");
  const method = ` USING ${textOf(row, "method")} (`;
  // The name, which may hold anything, ends before the table's does; neither holds an unquoted parenthesis.
  const start = findUnquoted(definition, method);
  const list = start === -1 ? null : splitList(definition, start + method.length - 1);
  if (list?.elements.length !== keys.length) throw unreadable(table, row);
  return keys.map((key, index) => {
    const element = list.elements[index] ?? "";
    if (!element.startsWith(key.text)) throw unreadable(table, row);
    const suffix = element.slice(key.text.length).trim();
    return {
      column: key.column,
      expression: key.column === null ? key.text : null,
      suffix: suffix === "" ? null : suffix,
    };
  });
}

function findUnquoted(text: string, wanted: string): number {
  const blanked = text.replaceAll(/"(?:[^"]|"")*"/g, (name) => "_".repeat(name.length));
  return blanked.indexOf(wanted);
}

function unreadable(table: string, row: Row): Error {
  return cannotRepresent(
    table,
    `the index "${textOf(row, "name")}" in a form that is not understood: ${textOf(row, "definition")}`,
  );
}

const states: Readonly<Record<string, NonNullable<Trigger["state"]>>> = {
  D: "DISABLE",
  R: "ENABLE REPLICA",
  A: "ENABLE ALWAYS",
};

export function readTriggers(catalog: Catalog): Trigger[] {
  return catalog.triggers.map((row) => ({
    name: textOf(row, "name"),
    definition: textOf(row, "definition"),
    ...optional("state", states[textOf(row, "state")] ?? null),
    ...optional("comment", textOrNull(row, "comment")),
  }));
}
