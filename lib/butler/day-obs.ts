/** Observing days: how they lie in time, which depends on the instrument. */
import type { RevisionContext } from "../run/context.js";
import { RefusedError } from "../errors.js";
import { answerOf, badProvider } from "./bad-provider.js";

/** An instrument as the repository records it. */
export interface Instrument {
  readonly name: string;
  /** The class that knows it, with its module. */
  readonly className: string;
}

/** The provider `dayObsOffsets`: seconds by which an observing day begins after midnight TAI, by instrument or by a function. */
export type DayObsOffsets = Readonly<Record<string, number>> | OffsetFunction;

/** By how many seconds an observing day of an instrument begins after midnight TAI; undefined where that is not known. */
type OffsetFunction = (instrument: Instrument, dayObs: number) => number | undefined;

/** The offsets of instruments whose packages define them, by the beginning of their class; those of LSST turn at noon UTC. */
const builtIn: readonly (readonly [classBeginning: string, names: readonly string[], seconds: number])[] = [
  [
    "lsst.obs.lsst.",
    [
      "LATISS",
      "LSSTCam",
      "LSSTCam-imSim",
      "LSSTCam-PhoSim",
      "LSSTComCam",
      "LSSTComCamSim",
      "LSST-TS8",
      "LSST-TS3",
    ],
    43_200,
  ],
  ["lsst.obs.decam.", ["DECam"], 43_200],
  ["lsst.obs.cfht.", ["MegaPrime"], 0],
  ["lsst.obs.subaru.", ["HSC", "SuprimeCam", "Suprime-Cam"], 0],
];

const builtInOffset: OffsetFunction = ({ name, className }) =>
  builtIn.find(([beginning, names]) => className.startsWith(beginning) || names.includes(name))?.[2];

/** An observing day in nanoseconds TAI, its end excluded. */
export interface DaySpan {
  readonly begin: bigint;
  readonly end: bigint;
}

const daySeconds = 86_400n;
/** No day begins further from midnight. */
const mostSeconds = 172_800;
const nanoseconds = 1_000_000_000n;

/**
 * Finds when observing days are, asking the providers `dayObsOffsets` before the offsets that are known here.
 * @returns a function of the instrument and the day as an integer YYYYMMDD
 */
export function daySpans(
  context: Pick<RevisionContext, "providers">,
): (instrument: Instrument, dayObs: bigint) => DaySpan {
  const offsetOf = dayOffsets(context);
  return (instrument, dayObs) => {
    const begin = (startOfDay(dayObs) + offsetOf(instrument, dayObs)) * nanoseconds;
    return { begin, end: begin + daySeconds * nanoseconds };
  };
}

/** The day in which a time lies, of an instrument: the inverse of `daySpans`. The offset is that of the day by TAI. */
export function daysOfTimes(
  context: Pick<RevisionContext, "providers">,
): (instrument: Instrument, nanosecondsTai: bigint) => bigint {
  const offsetOf = dayOffsets(context);
  return (instrument, time) => {
    const seconds = time / nanoseconds;
    return dayOf(seconds - offsetOf(instrument, dayOf(seconds)));
  };
}

/** By how many seconds the days of an instrument begin after midnight. */
function dayOffsets(
  context: Pick<RevisionContext, "providers">,
): (instrument: Instrument, dayObs: bigint) => bigint {
  const functions = [...context.providers("dayObsOffsets").map(asFunction), builtInOffset];
  return (instrument, dayObs) => BigInt(firstOffset(functions, instrument, Number(dayObs)));
}

/** The day as YYYYMMDD of a time in seconds since 1970. */
function dayOf(seconds: bigint): bigint {
  return BigInt(new Date(Number(seconds) * 1000).toISOString().slice(0, 10).replaceAll("-", ""));
}

function firstOffset(functions: readonly OffsetFunction[], instrument: Instrument, dayObs: number): number {
  for (const offsetOf of functions) {
    const question = `instrument "${instrument.name}" on ${dayObs}`;
    const offset = answerOf("dayObsOffsets", question, () => offsetOf(instrument, dayObs));
    if (offset === undefined) continue;
    if (Number.isSafeInteger(offset) && Math.abs(offset as number) <= mostSeconds) return offset as number;
    throw badProvider(
      "dayObsOffsets",
      `gave ${JSON.stringify(offset)} for ${question}, which is no whole number of seconds of up to two days`,
    );
  }
  throw new RefusedError(
    "missing-provider",
    `It is not known when the observing day of instrument "${instrument.name}" (${instrument.className}) begins.`,
    { hint: "Add --provider dayObsOffsets=module#export with its offset in seconds from midnight TAI." },
  );
}

function asFunction(provider: unknown): OffsetFunction {
  if (typeof provider === "function") return provider as OffsetFunction;
  if (typeof provider === "object" && provider !== null) {
    const offsets = new Map<string, unknown>(Object.entries(provider));
    return ({ name }) => offsets.get(name) as number | undefined;
  }
  throw badProvider("dayObsOffsets", "is neither a function nor an object of seconds by instrument");
}

/** Seconds from 1970-01-01 to midnight of a day. @throws RefusedError `bad-day` */
function startOfDay(dayObs: bigint): bigint {
  const digits = /^(\d{4})(\d{2})(\d{2})$/.exec(dayObs.toString());
  const text = (digits ?? []).slice(1).join("-");
  const time = Date.parse(`${text}T00:00:00Z`);
  const isDay = digits !== null && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  if (isDay && time >= 0) return BigInt(time / 1000);
  throw new RefusedError(
    "bad-day",
    `The observing day ${dayObs} is no day of the form YYYYMMDD from 1970 on.`,
    {
      hint: "Correct day_obs of these exposures and visits first.",
    },
  );
}
