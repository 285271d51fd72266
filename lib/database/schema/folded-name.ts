import type { DialectName } from "../database.js";

/** What two names have in common that mean the same column or table: SQLite overlooks the case of ASCII letters, PostgreSQL does not. */
export function foldedName(dialect: DialectName, name: string): string {
  if (dialect === "postgres") return name;
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
