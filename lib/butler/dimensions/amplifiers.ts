/** The provider `amplifiers`, and the pattern for every dimension whose records come from downstream. */
import type { SqlValue } from "../../database/sql.js";
import type { Instrument } from "../day-obs.js";

/** A detector as the repository records it; the names are those of the columns. */
export interface Detector {
  readonly instrument: string;
  readonly id: bigint;
  readonly full_name: string | null;
  readonly name_in_raft: string | null;
  readonly raft: string | null;
  readonly purpose: string | null;
  readonly [column: string]: SqlValue;
}

/** A part of a detector that is read out by itself. */
export interface Amplifier {
  /** The id of the detector. */
  readonly detector: bigint | number;
  /** Its place among the detector's amplifiers, from 0 on. */
  readonly id: bigint | number;
  readonly name: string;
  readonly [column: string]: SqlValue | undefined;
}

/**
 * The amplifiers of all detectors of an instrument.
 * @returns undefined where the instrument is not known, so that the next provider is asked
 */
export type Amplifiers = (
  instrument: Instrument,
  detectors: readonly Detector[],
) => AsyncIterable<Amplifier> | Iterable<Amplifier> | undefined;
