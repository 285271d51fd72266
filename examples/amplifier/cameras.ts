/** A provider of amplifiers: what a package of an observatory would take from its camera's description. */
import type { Amplifiers } from "godwit/butler";

/** Names of the amplifiers of a detector, in the order of the camera's description. */
const layouts: Readonly<Record<string, readonly string[]>> = {
  "lsst.obs.lsst": [
    "C10",
    "C11",
    "C12",
    "C13",
    "C14",
    "C15",
    "C16",
    "C17",
    "C07",
    "C06",
    "C05",
    "C04",
    "C03",
    "C02",
    "C01",
    "C00",
  ],
  "lsst.obs.subaru": ["1", "2", "3", "4"],
};

export const amplifiers: Amplifiers = ({ className }, detectors) => {
  const known = Object.keys(layouts).find((beginning) => className.startsWith(`${beginning}.`));
  const names = known === undefined ? undefined : layouts[known];
  if (names === undefined) return undefined;
  return detectors.flatMap((detector) => names.map((name, id) => ({ detector: detector.id, id, name })));
};
