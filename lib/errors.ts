/**
 * The errors that godwit throws on purpose. Each has a stable `code` for programs, a message that names the thing
 * at fault, a hint with the next step where there is one, and the exit code that the command line ends with.
 */

/** What the command line ends with; see "Exit codes" in the README. */
export type ExitCode = 1 | 2 | 3 | 4 | 130;

/** Additions to an error: the next step for the user, and what caused it. */
export interface ErrorDetails {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Steps that were committed before. */
  readonly done?: readonly CommittedStep[];
}

/** A step that was committed. */
export interface CommittedStep {
  readonly revision: string;
  readonly direction: "up" | "down" | "switch";
  readonly manager: string;
  readonly durationMs: number;
}

/** The base of all errors of godwit. Anything else that reaches the user is a defect. */
export abstract class GodwitError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly code: string;
  readonly hint: string | undefined;
  readonly done: readonly CommittedStep[];

  /**
   * @param code stable, lower case words joined by `-`
   * @param message one sentence that names the file, table or revision at fault
   */
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
    this.done = details.done ?? [];
  }
}

/** An error that was thrown on purpose. @throws any other, which is a defect, as it is */
export function ownError(error: unknown): GodwitError {
  if (error instanceof GodwitError) return error;
  throw error;
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Wrong use or bad input; nothing was touched. */
export class InputError extends GodwitError {
  readonly exitCode = 2;
}

/** The input is right, but going on would be wrong (inconsistent, locked, no code, would lose data); nothing was touched. */
export class RefusedError extends GodwitError {
  readonly exitCode = 4;
}

/** A step failed; it was rolled back, and the repository is where the message says. */
export class StepError extends GodwitError {
  readonly exitCode = 1;
}

/** Stopped by the user between two steps. */
export class InterruptedError extends GodwitError {
  readonly exitCode = 130;
}
