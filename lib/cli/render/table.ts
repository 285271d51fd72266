import { valueAt } from "../../known.js";

/** Columns of text, aligned. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows].map((row) => row.map(visible));
  const widths = header.map((_name, column) => Math.max(...all.map((row) => valueAt(row, column).length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(valueAt(widths, column)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

// Written as ranges: a property of Unicode takes thirty times as long, which a history of thousands of lines shows.
const controls = new RegExp(String.raw`[\u0000-\u001f\u007f-\u009f]`, "g");
/** Controls but for lines and columns, and marks that turn the direction of the text. */
const obeyed = new RegExp(
  String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]`,
  "g",
);

/** Line breaks and other control characters as escapes: names may hold any. */
export function visible(text: string): string {
  return text.replaceAll(controls, escapeOf);
}

/** What a terminal would obey instead of showing it, as escapes: a repository's content may hold anything. Lines and columns stay. */
export function harmless(text: string): string {
  return text.replaceAll(obeyed, escapeOf);
}

function escapeOf(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`;
}

/** Prints lines on standard output. */
export function print(text: string): void {
  printExactly(harmless(text));
}

/** Prints a document for another program, such as a script or a picture, as it is. */
export function printExactly(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints one JSON document: `schema` first. */
export function printJson(document: object): void {
  process.stdout.write(`${JSON.stringify({ schema: 1, ...document }, null, 2)}\n`);
}

/** Prints a line on standard error, where everything goes that is not the result. */
export function note(text: string): void {
  process.stderr.write(`${harmless(text)}\n`);
}

/** A reader that has seen enough (`godwit history | head`) is no error. */
export function tolerateClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.listeners("error").includes(endQuietly)) stream.on("error", endQuietly);
  }
}

function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  throw error;
}
