/** Keys, indexes and checks as they are written on the command line. */
import type { ReferentialAction } from "../../database/schema/table.js";
import { InputError } from "../../errors.js";
import { checkName, splitNames, unquote } from "./names.js";
import { surely } from "../../known.js";

/** An index, or a unique constraint. */
export interface KeyText {
  readonly columns: readonly string[];
  readonly name: string | null;
  readonly unique: boolean;
}

export interface ForeignKeyText {
  readonly columns: readonly string[];
  readonly table: string;
  readonly referenced: readonly string[];
  readonly onDelete?: ReferentialAction;
  readonly onUpdate?: ReferentialAction;
}

export interface CheckText {
  readonly name: string;
  readonly expression: string;
}

export interface RenameText {
  readonly from: string;
  readonly to: string;
}

/** Reads `a, b`, `a, b unique`, `name: a, b`. @throws InputError `bad-flag` */
export function parseKey(text: string): KeyText {
  const match = /^(?:\s*("(?:[^"]|"")+"|[^\s",:]+)\s*:)?(.*?)(\sunique)?\s*$/i.exec(text);
  const columns = splitNames(surely(match?.[2]));
  if (columns.length === 0)
    throw badFlag(text, "'column, column', 'name: column, column', or 'column unique'");
  return {
    columns: columns.map((column) => checkName("column", column)),
    name: match?.[1] === undefined ? null : checkName("index", unquote(match[1])),
    unique: match?.[3] !== undefined,
  };
}

const action = "no action|restrict|cascade|set null|set default";
const foreignKeyPattern = new RegExp(
  String.raw`^(.+?)\s*->\s*("(?:[^"]|"")+"|[^\s("]+)\s*\(((?:"(?:[^"]|"")*"|[^")])+)\)\s*(.*)$`,
);

/** Reads `a, b -> table(x, y) on delete cascade on update set null`. @throws InputError `bad-flag` */
export function parseForeignKey(text: string): ForeignKeyText {
  const match = foreignKeyPattern.exec(text);
  const columns = splitNames(match?.[1] ?? "");
  const referenced = splitNames(match?.[3] ?? "");
  const actions = parseActions(match?.[4] ?? "");
  if (
    match?.[2] === undefined ||
    actions === null ||
    columns.length === 0 ||
    columns.length !== referenced.length
  ) {
    throw badFlag(
      text,
      "'column, column -> table(column, column)', with as many columns on both sides, and 'on delete cascade' and the like after it",
    );
  }
  return {
    columns: columns.map((column) => checkName("column", column)),
    table: checkName("table", unquote(match[2])),
    referenced: referenced.map((column) => checkName("column", column)),
    ...actions,
  };
}

function parseActions(text: string): Pick<ForeignKeyText, "onDelete" | "onUpdate"> | null {
  const pattern = new RegExp(String.raw`^\s*on\s+(delete|update)\s+(${action})(?=\s|$)`, "i");
  const found: { onDelete?: ReferentialAction; onUpdate?: ReferentialAction } = {};
  let rest = text.replaceAll(/\s+/g, " ");
  for (let match = pattern.exec(rest); match !== null; match = pattern.exec(rest)) {
    const key = match[1]?.toLowerCase() === "delete" ? "onDelete" : "onUpdate";
    if (found[key] !== undefined) return null;
    found[key] = match[2]?.toUpperCase() as ReferentialAction;
    rest = rest.slice(match[0].length);
  }
  return rest.trim() === "" ? found : null;
}

/** Reads `name: expression`. @throws InputError `bad-flag` */
export function parseCheck(text: string): CheckText {
  const match = /^\s*("(?:[^"]|"")+"|[^\s":]+)\s*:\s*(\S[\s\S]*)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) throw badFlag(text, "'name: expression'");
  return { name: checkName("constraint", unquote(match[1])), expression: match[2].trim() };
}

/** Reads `old: new` (also `old new`, `old=new`). @throws InputError `bad-flag` */
export function parseRename(text: string): RenameText {
  const match = /^\s*("(?:[^"]|"")+"|[^\s":=]+)\s*(?:->|[:=]|\s)\s*("(?:[^"]|"")+"|[^\s":=]+)\s*$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) throw badFlag(text, "'old: new'");
  return { from: checkName("column", unquote(match[1])), to: checkName("column", unquote(match[2])) };
}

function badFlag(text: string, form: string): InputError {
  return new InputError("bad-flag", `${JSON.stringify(text)} is not understood.`, {
    hint: `Write it as ${form}.`,
  });
}
