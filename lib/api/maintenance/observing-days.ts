import { InterruptedError } from "../../errors.js";
import { pauseAt } from "../../run/pause.js";
import { resolveProviders } from "../../run/providers.js";
import type { RunOptions } from "../options.js";
import { findRevisions } from "../revision-set.js";
import { writingButler } from "./butler.js";

export interface ObservingDaysReport {
  readonly instrument: string;
  /** How many exposures and visits have another day now, and how many days were added. */
  readonly exposures: number;
  readonly visits: number;
  readonly days: number;
  /** Exposures without a time: their day stays as it is. */
  readonly timeless: number;
}

/** Exposures that are written in one transaction. */
const chunkSize = 1000;

/**
 * Computes the observing days of an instrument's exposures again from their times, and gives them and their visits the days
 * that follow. Each thousand exposures are a transaction, so that the same call goes on where one was stopped.
 *
 * @throws InputError `unknown-instrument`; RefusedError `missing-provider` where the instrument's offset is not known
 */
export function updateDayObs(
  uri: string,
  instrumentName: string,
  options: RunOptions = {},
): Promise<ObservingDaysReport> {
  return writingButler(uri, options, "update-day-obs", async ({ database }, transaction) => {
    const { findWrongDays, moveExposures, readInstrument } =
      await import("../../butler/maintenance/observing-days.js");
    const configured = await findRevisions(options, "butler");
    const resolved = await resolveProviders(configured, options);
    const offsets = { providers: (name: string) => resolved.get(name) ?? [] };
    const { instrument, moved, timeless } = await database.transaction({ mode: "read" }, async (session) => {
      const found = await readInstrument(session, instrumentName);
      return { instrument: found, ...(await findWrongDays(session, found, offsets)) };
    });
    let [exposures, days] = [0, 0];
    // A visit may have exposures in several chunks.
    const visits = new Set<string>();
    for (let start = 0; start < moved.length; start += chunkSize) {
      if (options.signal?.aborted === true) {
        throw new InterruptedError(
          "interrupted",
          `Stopped after ${exposures} of ${moved.length} exposures.`,
          {
            hint: "The same command goes on from there.",
          },
        );
      }
      const chunk = moved.slice(start, start + chunkSize);
      const written = await transaction((session) => moveExposures(session, instrument, chunk, offsets));
      exposures += chunk.length;
      for (const visit of written.visits) visits.add(visit);
      days += written.days;
      options.onEvent?.({
        kind: "progress",
        revision: "update-day-obs",
        what: "exposures",
        rows: BigInt(exposures),
        total: BigInt(moved.length),
      });
      await pauseAt(options.onPause, "days:committed");
    }
    return { instrument: instrument.name, exposures, visits: visits.size, days, timeless };
  });
}
