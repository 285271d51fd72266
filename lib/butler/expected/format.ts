/** What the schema of a Butler repository follows from. */
import { RefusedError } from "../../errors.js";
import type { RecordedManager } from "../../repository/repository.js";
import type { JsonObject } from "../universe/json.js";
import { surely } from "../../known.js";

/** Managers, and the configurations that they store. */
export interface ButlerFormat {
  readonly managers: readonly Pick<RecordedManager, "manager" | "branch" | "version">[];
  /** The dimension configuration. */
  readonly universe: JsonObject;
  /** The ObsCore configuration, or null. */
  readonly obscore: JsonObject | null;
}

/** The tables that a repository made as it grew. */
export interface RepositoryContent {
  readonly datasets: readonly DatasetTables[];
  /** Tables of opaque records, as the repository lists them. */
  readonly opaque: readonly string[];
  /** Numbers of sets of dimensions that the repository knows, as they stand in names of tables: `00000004`. */
  readonly graphs: ReadonlySet<string>;
}

/** The tables of all dataset types with the same dimensions. */
export interface DatasetTables {
  readonly tags: string;
  /** null where no dataset type with these dimensions is a calibration. */
  readonly calibs: string | null;
  /** Required dimensions, in the order of the columns. */
  readonly dimensions: readonly string[];
}

/** What the versions of the managers mean for tables. */
export interface Traits {
  /** Whether collections are referred to by name or by number. */
  readonly collections: "name" | "integer";
  readonly datasetIds: "integer" | "uuid";
  readonly ingestDate: "timestamp" | "tai";
  /** The primary key of `dataset_location_trash`. */
  readonly trashKey: readonly string[];
  /** Whether implied dimensions may be NULL. */
  readonly implied: "nullable" | "required";
  /** Whether overlap tables have the index that finds elements by pixel. */
  readonly overlapIndex: "none" | "by-pixel";
  /** Whether there is an ObsCore table. */
  readonly obscore: "none" | "table";
}

const settled: Readonly<Record<string, Partial<Traits>>> = {
  "attributes DefaultButlerAttributeManager 1.0.0": {},
  "attributes DefaultButlerAttributeManager 1.0.1": {},
  "collections NameKeyCollectionManager 2.0.0": { collections: "name" },
  "collections SynthIntKeyCollectionManager 2.0.0": { collections: "integer" },
  "datasets ByDimensionsDatasetRecordStorageManager 1.0.0": {
    datasetIds: "integer",
    ingestDate: "timestamp",
  },
  "datasets ByDimensionsDatasetRecordStorageManagerUUID 1.0.0": {
    datasetIds: "uuid",
    ingestDate: "timestamp",
  },
  "datasets ByDimensionsDatasetRecordStorageManagerUUID 2.0.0": { datasetIds: "uuid", ingestDate: "tai" },
  "datastores MonolithicDatastoreRegistryBridgeManager 0.2.0": { trashKey: ["datastore_name", "dataset_id"] },
  "datastores MonolithicDatastoreRegistryBridgeManager 0.2.1": { trashKey: ["dataset_id", "datastore_name"] },
  "dimensions StaticDimensionRecordStorageManager 6.0.0": { implied: "nullable", overlapIndex: "none" },
  "dimensions StaticDimensionRecordStorageManager 6.0.1": { implied: "nullable", overlapIndex: "by-pixel" },
  "dimensions StaticDimensionRecordStorageManager 6.0.2": { implied: "required", overlapIndex: "by-pixel" },
  "obscore ObsCoreLiveTableManager 0.0.1": { obscore: "table" },
  "opaque ByNameOpaqueTableStorageManager 0.2.0": {},
};

const needed = ["collections", "datasets", "datastores", "dimensions"];
const configurations = new Set(["dimensions-config", "obscore-config"]);

/** Whether it is known which tables a version of a class has. */
export function isSettled({ manager, branch, version }: ButlerFormat["managers"][number]): boolean {
  return configurations.has(manager) || settled[`${manager} ${branch} ${version}`] !== undefined;
}

/**
 * What the recorded versions mean for tables.
 * @throws RefusedError `unknown-format` naming classes and versions whose tables are not known
 */
export function traitsOf({ managers }: ButlerFormat): Traits {
  const own = managers.filter(({ manager }) => !configurations.has(manager));
  const keys = own.map(({ manager, branch, version }) => `${manager} ${branch} ${version}`);
  const unknown = keys.filter((key) => settled[key] === undefined);
  const missing = needed.filter((manager) => !own.some((one) => one.manager === manager));
  if (unknown.length > 0 || missing.length > 0) {
    throw new RefusedError(
      "unknown-format",
      [
        ...unknown.map((key) => `It is not known which tables ${key} has.`),
        ...missing.map((manager) => `The repository records no manager of ${manager}.`),
      ].join("\n"),
      { hint: "The schema of stable releases is known: see `godwit format --list`." },
    );
  }
  const known: Partial<Traits> = Object.assign({ obscore: "none" }, ...keys.map((key) => settled[key]));
  return known as Traits;
}

/**
 * What versions mean for the tables of dimensions. Versions that are not known here count as the latest known one before them.
 * @throws RefusedError `unknown-format` for a class of collections that is not known
 */
export function dimensionTraits(managers: ButlerFormat["managers"]): Traits {
  const traits: Partial<Traits> = {};
  for (const manager of ["collections", "dimensions"]) {
    const recorded = managers.find((one) => one.manager === manager);
    const known = recorded === undefined ? undefined : latestSettled(recorded);
    if (known === undefined) {
      throw new RefusedError(
        "unknown-format",
        `It is not known which tables ${manager} ${recorded?.branch ?? ""} ${recorded?.version ?? ""} has.`,
      );
    }
    Object.assign(traits, known);
  }
  return {
    collections: "integer",
    datasetIds: "uuid",
    ingestDate: "tai",
    trashKey: [],
    implied: "required",
    overlapIndex: "by-pixel",
    obscore: "none",
    ...traits,
  };
}

type Numbers = readonly [major: number, minor: number, patch: number];

/** @param version three numbers with dots between */
function numbersOf(version: string): Numbers {
  const [major, minor, patch] = version.split(".").map(Number);
  return [surely(major), surely(minor), surely(patch)];
}

function compareNumbers(a: Numbers, b: Numbers): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function latestSettled({
  manager,
  branch,
  version,
}: ButlerFormat["managers"][number]): Partial<Traits> | undefined {
  const beginning = `${manager} ${branch} `;
  const last = Object.keys(settled)
    .filter((key) => key.startsWith(beginning))
    .map((key) => numbersOf(key.slice(beginning.length)))
    .filter((known) => compareNumbers(known, numbersOf(version)) <= 0)
    .toSorted(compareNumbers)
    .at(-1);
  return last === undefined ? undefined : settled[`${beginning}${last.join(".")}`];
}
