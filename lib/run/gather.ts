/** Several things that keep a plan from running are told at once, so that nobody has to mend them one after the other. */
import { InputError, RefusedError } from "../errors.js";

type Fault = InputError | RefusedError;

/**
 * Runs all checks, whatever the others say.
 * @throws the error of a check that failed, or one error about all of them: an InputError where one of them is
 */
export async function requireAll(checks: readonly (() => void | Promise<void>)[]): Promise<void> {
  const faults: Fault[] = [];
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      faults.push(asFault(error));
    }
  }
  throwTogether(faults);
}

/** The same for checks that wait for nothing. */
export function requireAllNow(checks: readonly (() => void)[]): void {
  const faults: Fault[] = [];
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      faults.push(asFault(error));
    }
  }
  throwTogether(faults);
}

function asFault(error: unknown): Fault {
  if (error instanceof InputError || error instanceof RefusedError) return error;
  throw error;
}

function throwTogether(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first === undefined) return;
  if (faults.length === 1) throw first;
  const message = faults.map((fault) => fault.message).join("\n");
  const hint = [...new Set(faults.flatMap((fault) => fault.hint ?? []))].join("\n");
  const code = codeOf(faults);
  if (faults.some((fault) => fault instanceof InputError)) throw new InputError(code, message, { hint });
  throw new RefusedError(code, message, { hint });
}

/** Programs are told a common cause by its own code. */
function codeOf(faults: readonly Fault[]): string {
  const codes = new Set(faults.map(({ code }) => code));
  const [first = "preflight"] = codes;
  return codes.size === 1 ? first : "preflight";
}
