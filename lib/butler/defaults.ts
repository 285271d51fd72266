/** The line of defaults: which managers, classes and versions a new repository gets from each release. */

import type { Defaults } from "../repository/repository.js";
import { revisionId } from "./revision-id.js";

/** A manager with its class (namespace) and version. */
export interface ManagerVersion {
  readonly manager: string;
  readonly class: string;
  readonly version: string;
}

type Line = readonly [
  names: readonly string[],
  attributes: string,
  datasets: string,
  datastores: string,
  dimensions: string,
  universe: string,
];

const integer = "ByDimensionsDatasetRecordStorageManager";
const uuid = "ByDimensionsDatasetRecordStorageManagerUUID";

/** Releases with the same defaults share a line; the last of its names is the one that is shown. */
const lines: readonly Line[] = [
  [["w_2020_46", "21.0.0", "22.0.0"], "1.0.0", `${integer} 1.0.0`, "0.2.0", "6.0.0", "0"],
  [["w_2021_22"], "1.0.0", `${uuid} 1.0.0`, "0.2.0", "6.0.0", "0"],
  [["w_2021_38", "23.0.0"], "1.0.0", `${uuid} 1.0.0`, "0.2.0", "6.0.1", "0"],
  [["w_2022_20"], "1.0.0", `${uuid} 1.0.0`, "0.2.0", "6.0.1", "1"],
  [["w_2022_23", "24.0.0", "25.0.0"], "1.0.0", `${uuid} 1.0.0`, "0.2.0", "6.0.2", "2"],
  [["w_2022_49"], "1.0.0", `${uuid} 1.0.0`, "0.2.0", "6.0.2", "3"],
  [["w_2023_12"], "1.0.1", `${uuid} 1.0.0`, "0.2.0", "6.0.2", "3"],
  [["w_2023_32", "26.0.0"], "1.0.1", `${uuid} 1.0.0`, "0.2.0", "6.0.2", "4"],
  [["w_2024_07"], "1.0.1", `${uuid} 1.0.0`, "0.2.0", "6.0.2", "5"],
  [["w_2024_10"], "1.0.1", `${uuid} 1.0.0`, "0.2.0", "6.0.2", "6"],
  [["w_2024_13", "27.0.0"], "1.0.1", `${uuid} 1.0.0`, "0.2.0", "6.0.2", "7"],
  [["w_2024_41", "28.0.0", "29.0.0"], "1.0.1", `${uuid} 2.0.0`, "0.2.0", "6.0.2", "7"],
  [["w_2025_21", "30.0.0"], "1.0.1", `${uuid} 2.0.0`, "0.2.1", "6.0.2", "7"],
  [["w_2026_19", "30.0.8"], "1.0.1", `${uuid} 2.0.0`, "0.2.1", "6.0.2", "8"],
];

/** The names of the releases whose defaults are known, oldest first. */
export function defaultNames(): string[] {
  return lines.flatMap(([names]) => names);
}

/** The managers that a release gives to a new repository, or undefined for a name that is not known. */
export function defaultsOf(name: string): readonly ManagerVersion[] | undefined {
  const line = lines.find(([names]) => names.includes(name));
  return line === undefined ? undefined : managersOf(line);
}

/** All of them with the revisions that they stand at, oldest first. */
export function lineOfDefaults(): Defaults[] {
  return lines.map((line) => ({
    names: line[0],
    managers: managersOf(line).map(({ manager, class: branch, version }) => ({
      manager,
      branch,
      version,
      revision: revisionId(manager, branch, version),
    })),
  }));
}

/** The name of the release whose defaults these managers are, or null. */
export function nameOfDefaults(managers: readonly ManagerVersion[]): string | null {
  const line = lines.find((one) => keyOf(managersOf(one)) === keyOf(managers));
  return line?.[0].at(-1) ?? null;
}

function keyOf(managers: readonly ManagerVersion[]): string {
  return managers
    .map((one) => `${one.manager} ${one.class} ${one.version}`)
    .toSorted()
    .join();
}

function managersOf([, attributes, datasets, datastores, dimensions, universe]: Line): ManagerVersion[] {
  const [datasetsClass = "", datasetsVersion = ""] = datasets.split(" ");
  return [
    { manager: "attributes", class: "DefaultButlerAttributeManager", version: attributes },
    { manager: "collections", class: "SynthIntKeyCollectionManager", version: "2.0.0" },
    { manager: "datasets", class: datasetsClass, version: datasetsVersion },
    { manager: "datastores", class: "MonolithicDatastoreRegistryBridgeManager", version: datastores },
    { manager: "dimensions", class: "StaticDimensionRecordStorageManager", version: dimensions },
    { manager: "dimensions-config", class: "daf_butler", version: universe },
    { manager: "opaque", class: "ByNameOpaqueTableStorageManager", version: "0.2.0" },
  ];
}
