/** Kinds of fault, and the points at which they strike. */

/** What goes wrong, and when. Statements are counted over the whole command, from 1. */
export type Fault =
  /** The database refuses a statement. */
  | { readonly kind: "error"; readonly statement: number }
  /** The process is gone. */
  | { readonly kind: "kill"; readonly statement: number }
  | { readonly kind: "kill"; readonly pause: string }
  /** An administrator ends the session that is about to send a statement (PostgreSQL). */
  | { readonly kind: "terminate"; readonly statement: number }
  /** An administrator ends all sessions, that of the lock included (PostgreSQL). */
  | { readonly kind: "terminate-all"; readonly pause: string }
  /** The network cuts the connection (PostgreSQL). */
  | { readonly kind: "cut"; readonly statement: number }
  /** The network cuts the connection when the server has carried out a statement, and before its answer arrives (PostgreSQL). */
  | { readonly kind: "unanswered"; readonly statement: number }
  /** The server crashes, and starts again (PostgreSQL). */
  | { readonly kind: "crash"; readonly pause: string }
  /** The server is stopped immediately, and is there again for the next run only (PostgreSQL). */
  | { readonly kind: "stop"; readonly pause: string }
  /** The disk has room for that many pages more (SQLite). */
  | { readonly kind: "disk-full"; readonly pages: number }
  /** The file system of the repository has room for that many pages more, its journal and `butler.yaml` included (SQLite). */
  | { readonly kind: "small-disk"; readonly pages: number }
  /** The user interrupts. */
  | { readonly kind: "interrupt"; readonly pause: string };

/** A fault in words: `error at statement 12`. */
export function describeFault(fault: Fault): string {
  if ("pages" in fault) return `${fault.kind} after ${fault.pages} pages`;
  return "pause" in fault
    ? `${fault.kind} at ${fault.pause}`
    : `${fault.kind} at statement ${fault.statement}`;
}
