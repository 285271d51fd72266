/** Names that a user gives for tables, columns, managers and classes. */
import { InputError } from "../../errors.js";

/** PostgreSQL cuts longer names without a word. */
const longestName = 63;

/** Columns that every PostgreSQL or SQLite table has already. */
const systemColumns: ReadonlySet<string> = new Set([
  "tableoid",
  "xmin",
  "cmin",
  "xmax",
  "cmax",
  "ctid",
  "rowid",
  "_rowid_",
  "oid",
]);

/**
 * Checks the name of a table or column. Any character is allowed that both databases can store: names are always quoted.
 * @throws InputError `bad-name`
 */
export function checkName(kind: "table" | "column" | "index" | "constraint", name: string): string {
  const problem = nameProblem(kind, name);
  if (problem === null) return name;
  throw new InputError("bad-name", `${JSON.stringify(name)} cannot be the name of a ${kind}: ${problem}.`);
}

function nameProblem(kind: string, name: string): string | null {
  if (name === "") return "it is empty";
  if (hasControlCharacter(name)) return "it holds a control character";
  if (Buffer.byteLength(name) > longestName) return `it is longer than ${longestName} bytes`;
  const lower = name.toLowerCase();
  if (kind === "column" && systemColumns.has(lower)) return "every table has a hidden column of that name";
  if (kind !== "table") return null;
  if (/^(sqlite_|pg_)/.test(lower)) return "such names belong to the database";
  if (lower === "alembic_version" || /^(godwit|revision)_/.test(lower))
    return "such names belong to the record of migrations";
  return null;
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** Checks the name of a manager: it is the name of a folder, and part of targets. @throws InputError `bad-name` */
export function checkManager(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && name !== "node_modules") return name;
  throw new InputError("bad-name", `${JSON.stringify(name)} cannot be the name of a manager.`, {
    hint: "Use letters, digits, - and _, beginning with a letter.",
  });
}

/** Checks the name of a class, which is written without its module. @throws InputError `bad-class` */
export function checkClass(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  const last = /[A-Za-z_]\w*$/.exec(name)?.[0];
  throw new InputError(
    "bad-class",
    `${JSON.stringify(name)} is not the name of a class without its module.`,
    {
      hint: last === undefined ? undefined : `Write it without the module: ${last}`,
    },
  );
}

/** Reads names separated by commas; one that holds a comma or blanks at its ends stands in double quotes. */
export function splitNames(text: string): string[] {
  const names = text.match(/"(?:[^"]|"")*"|[^",]+|,(?=\s*(?:,|$))/g) ?? [];
  return names.map((name) => unquote(name.trim())).filter((name) => name !== "");
}

/** Without double quotes around it. */
export function unquote(name: string): string {
  if (name.length < 2 || !name.startsWith('"') || !name.endsWith('"')) return name;
  return name.slice(1, -1).replaceAll('""', '"');
}
