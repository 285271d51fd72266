/** Tables as functions that define them, and what a dialect makes of these. */
import type { DialectName } from "../../database/database.js";
import { applyChanges, emptyTable } from "../../database/schema/apply.js";
import type { Rules } from "../../database/schema/rules.js";
import { recordDefinition } from "../../database/schema/changes.js";
import type { TableDefinition } from "../../database/schema/editor.js";
import type { Table } from "../../database/schema/table.js";
import type { Sql } from "../../database/sql.js";
import { butlerConventions } from "../conventions.js";

/** A table by its name, and what it is made of. */
export interface Definition {
  readonly name: string;
  readonly define: (table: TableDefinition) => void;
}

/** The complete definition as the dialect would inspect it. */
export function tableOf(dialect: DialectName, { name, define }: Definition): Table {
  const rules: Rules = { dialect, conventions: butlerConventions, render: textOf, literal: String };
  return applyChanges(emptyTable(name), recordDefinition(define), rules).table;
}

/** Definitions hold expressions as plain text only. */
function textOf({ parts }: Sql): string {
  return parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}
