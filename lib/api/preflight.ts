/** What is looked at before a run changes anything. */
import { examineDatabase } from "../database/preflight.js";
import type { Undertaking } from "../database/preflight.js";
import type { CostClass } from "../database/schema/editor.js";
import { InputError, RefusedError } from "../errors.js";
import type { Repository } from "../repository/repository.js";
import type { Foresight } from "../run/foresee.js";
import { requireAll } from "../run/gather.js";
import type { RunOptions } from "./options.js";

const nothing: Undertaking = { tables: new Map(), statements: [] };

/**
 * Examines the database for what is going to be done.
 * @throws InputError where something cannot be written, RefusedError about other obstacles, all of them at once; warnings are told as events
 */
export async function preflight(
  { database, address }: Repository,
  foresights: readonly Foresight[],
  { onEvent }: RunOptions,
): Promise<void> {
  const undertaking = foresights.length === 0 ? nothing : undertakingOf(foresights);
  const { obstacles, warnings } = await examineDatabase(database, address, undertaking);
  for (const message of warnings) onEvent?.({ kind: "warning", message });
  await requireAll(
    obstacles.map(({ code, message, hint }) => () => {
      if (code === "not-writable") throw new InputError(code, message, { hint });
      throw new RefusedError(code, message, { hint });
    }),
  );
}

function undertakingOf(foresights: readonly Foresight[]): Undertaking {
  const tables = new Map<string, CostClass>();
  for (const foresight of foresights) {
    for (const [name, cost] of foresight.tables) {
      const before = tables.get(name);
      if (before === undefined || order.indexOf(cost) > order.indexOf(before)) tables.set(name, cost);
    }
  }
  return { tables, statements: foresights.flatMap(({ statements }) => statements) };
}

/** From cheap to dear. */
const order: readonly CostClass[] = ["metadata", "scan", "rewrite"];
