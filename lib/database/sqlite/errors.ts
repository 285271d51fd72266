import { GodwitError, InputError, messageOf, RefusedError, StepError } from "../../errors.js";

/** The driver's code (`SQLITE_BUSY`), or null. */
export function driverCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** Turns a failure to open or read a file into an InputError that names it. */
export function openError(error: unknown, path: string): Error {
  if (error instanceof GodwitError) return error;
  const code = driverCode(error);
  const message = messageOf(error);
  if (code === "SQLITE_NOTADB") {
    return new InputError("not-a-database", `${path} is not a SQLite database.`, {
      hint: "Check the path; a file that was cut off or overwritten has to come back from a backup.",
      cause: error,
    });
  }
  if (code === "SQLITE_CORRUPT") {
    return new InputError("corrupt-database", `The SQLite file ${path} is damaged: ${message}.`, {
      hint: "Do not write to it. Bring it back from a backup, or see sqlite3's .recover.",
      cause: error,
    });
  }
  return new InputError("database-unreadable", `The SQLite file ${path} cannot be opened: ${message}.`, {
    hint: "Check that it exists and that you may read and write it and its folder.",
    cause: error,
  });
}

/** Turns the failure of a statement into an error that holds the statement's beginning; errors of our own pass. */
export function statementError(error: unknown, statement: string, path: string): Error {
  if (error instanceof GodwitError) return error;
  const code = driverCode(error);
  const message = messageOf(error);
  if (code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT") return openError(error, path);
  if (code === "SQLITE_READONLY") {
    return new InputError("read-only", `The SQLite file ${path} cannot be written.`, {
      hint: "Check the rights on the file and on its folder, where SQLite keeps its journal.",
      cause: error,
    });
  }
  if (code === "SQLITE_BUSY") return lockedError(path, "another process");
  const kind = code === "SQLITE_CONSTRAINT" ? "constraint-violated" : "statement-failed";
  return new StepError(kind, `${message}, in: ${beginning(statement)}`, { cause: error });
}

/** @param holder in words */
export function lockedError(path: string, holder: string): RefusedError {
  return new RefusedError("locked", `${path} is locked by ${holder}.`, {
    hint: "Wait until it is done, or give a longer --lock-timeout.",
  });
}

function beginning(statement: string): string {
  const line = statement.replaceAll(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
