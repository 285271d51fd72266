/** A dimension configuration as tables need it: elements in order, with all that they require. */
import type { DimensionNames } from "../../repository/repository.js";
import { type } from "../../database/schema/types.js";
import type { LogicalType } from "../../database/schema/types.js";
import { InputError } from "../../errors.js";
import { elementsOf, spatialElements, textsOf } from "../universe/elements.js";
import type { Element } from "../universe/elements.js";
import { isJsonObject } from "../universe/json.js";
import type { JsonObject } from "../universe/json.js";

/** A column as a configuration defines it. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: LogicalType;
  /** The table does not depend on it since January 2024: it only tells variations apart. */
  readonly declaredNullable: boolean;
}

export interface ElementModel {
  readonly name: string;
  readonly governor: boolean;
  readonly hasTable: boolean;
  /** All dimensions that it needs, itself left out, in order. */
  readonly requires: readonly string[];
  /** In order. */
  readonly implies: readonly string[];
  /** null for a combination of others. */
  readonly key: ColumnSpec | null;
  readonly alternateKeys: readonly ColumnSpec[];
  readonly metadata: readonly ColumnSpec[];
  readonly spatial: boolean;
  readonly temporal: boolean;
}

/** The columns by which a table refers to a dimension, and those that they refer to. */
export interface DimensionReference {
  readonly columns: readonly string[];
  readonly referenced: readonly string[];
}

export class UniverseModel {
  /** In the order of the universe, in which columns stand. */
  readonly elements: readonly ElementModel[];
  readonly #byName: ReadonlyMap<string, ElementModel>;
  /** Names of systems of pixels: `htm`, `healpix`. */
  readonly #pixelSystems: readonly string[];
  /** The family of each spatial element. */
  readonly #families: ReadonlyMap<string, string>;

  constructor(universe: JsonObject) {
    const sorted = inOrder(elementsOf(universe));
    const order = sorted.map(({ name }) => name);
    const spatial = new Set(spatialElements(universe));
    const temporal = new Set(temporalElements(universe));
    this.elements = sorted.map((element) => modelOf(element, { sorted, order, spatial, temporal }));
    this.#byName = new Map(this.elements.map((element) => [element.name, element]));
    this.#pixelSystems = pixelSystemsOf(universe);
    this.#families = familiesOf(universe);
  }

  get names(): DimensionNames {
    const withKey = this.elements.filter(({ key }) => key !== null).map(({ name }) => name);
    return {
      elements: this.elements.map(({ name }) => name).toSorted(),
      dimensions: withKey.toSorted(),
      isDimension: (name) => withKey.includes(name) || this.#isPixel(name),
    };
  }

  get governors(): readonly ElementModel[] {
    return this.elements.filter(({ governor }) => governor);
  }

  get spatial(): readonly ElementModel[] {
    return this.elements.filter((element) => element.spatial);
  }

  /** Pairs of spatial elements that overlap across families. */
  get overlaps(): readonly (readonly [ElementModel, ElementModel])[] {
    const { spatial } = this;
    return spatial.flatMap((one, index) =>
      spatial
        .slice(index + 1)
        .filter((other) => this.#families.get(other.name) !== this.#families.get(one.name))
        .map((other) => [one, other] as const),
    );
  }

  /** @throws InputError `unknown-dimension` */
  element(name: string): ElementModel {
    const element = this.#byName.get(name);
    if (element !== undefined) return element;
    throw unknownDimension(name);
  }

  /** The type of a column that holds a dimension's value. @throws InputError `unknown-dimension` */
  keyType(dimension: string): LogicalType {
    if (this.#isPixel(dimension)) return type.bigint();
    const { key } = this.element(dimension);
    if (key === null) throw unknownDimension(dimension);
    return key.type;
  }

  /** How a table refers to a dimension; null where the dimension has no table. */
  reference(dimension: string): DimensionReference | null {
    if (this.#isPixel(dimension)) return null;
    const { hasTable, requires, key } = this.element(dimension);
    if (!hasTable || key === null) return null;
    return { columns: [...requires, dimension], referenced: [...requires, key.name] };
  }

  /** Whether a dimension is one of the governors. */
  isGovernor(dimension: string): boolean {
    return this.#byName.get(dimension)?.governor === true;
  }

  /** Dimensions in the order of the universe, pixels last. */
  sorted(dimensions: readonly string[]): string[] {
    const order = this.elements.map(({ name }) => name);
    const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
    return dimensions.toSorted((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  }

  /** The governor of a spatial element: the first dimension that it requires. */
  governorOf(element: ElementModel): string {
    return element.requires.find((name) => this.isGovernor(name)) ?? element.name;
  }

  #isPixel(dimension: string): boolean {
    const system = /^([a-z_]+)\d+$/.exec(dimension)?.[1];
    return system !== undefined && !this.#byName.has(dimension) && this.#pixelSystems.includes(system);
  }
}

function unknownDimension(name: string): InputError {
  return new InputError("unknown-dimension", `The dimension configuration has no dimension "${name}".`);
}

/** Again and again those whose neighbours are all placed, by name. */
function inOrder(elements: readonly Element[]): Element[] {
  const placed: Element[] = [];
  const names = new Set<string>();
  let rest = [...elements];
  while (rest.length > 0) {
    const ready = rest.filter((one) => [...one.requires, ...one.implies].every((name) => names.has(name)));
    if (ready.length === 0) {
      throw new InputError(
        "bad-dimensions",
        `Elements of the dimension configuration need each other, or none that exist: ${rest.map(({ name }) => name).join(", ")}.`,
      );
    }
    for (const one of ready.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      placed.push(one);
      names.add(one.name);
    }
    rest = rest.filter(({ name }) => !names.has(name));
  }
  return placed;
}

interface Surroundings {
  readonly sorted: readonly Element[];
  readonly order: readonly string[];
  readonly spatial: ReadonlySet<string>;
  readonly temporal: ReadonlySet<string>;
}

function modelOf(element: Element, { sorted, order, spatial, temporal }: Surroundings): ElementModel {
  const { name, governor, implies, viewOf, keys, metadata } = element;
  const [key, ...alternateKeys] = keys.map(columnOf);
  const byPlace = (a: string, b: string): number => order.indexOf(a) - order.indexOf(b);
  return {
    name,
    governor,
    hasTable: viewOf === null,
    requires: [...closure(element, sorted)].toSorted(byPlace),
    implies: implies.toSorted(byPlace),
    key: key ?? null,
    alternateKeys,
    metadata: metadata.map(columnOf),
    spatial: spatial.has(name),
    temporal: temporal.has(name),
  };
}

function closure(element: Element, elements: readonly Element[]): Set<string> {
  const found = new Set<string>();
  for (const name of element.requires) {
    found.add(name);
    const required = elements.find((one) => one.name === name);
    if (required !== undefined) for (const further of closure(required, elements)) found.add(further);
  }
  return found;
}

function columnOf(definition: JsonObject): ColumnSpec {
  const { name } = definition;
  if (typeof name !== "string") {
    throw new InputError("bad-dimensions", "A column of the dimension configuration has no name.");
  }
  return { name, type: typeOf(name, definition), declaredNullable: definition["nullable"] !== false };
}

function typeOf(name: string, definition: JsonObject): LogicalType {
  switch (definition["type"]) {
    case "string":
      return typeof definition["length"] === "number" ? type.string(definition["length"]) : type.text();
    case "int":
    case "datetime":
      return type.bigint();
    case "float":
      return type.double();
    case "bool":
      return type.boolean();
    case "region":
    case "hash":
      return type.text();
    case "blob":
      return type.bytes();
    case "uuid":
      return type.uuid();
    default:
      throw new InputError(
        "bad-dimensions",
        `Column "${name}" of the dimension configuration has no type that is known.`,
      );
  }
}

/** The families of a kind, with the names of their elements. */
function topology(universe: JsonObject, kind: string): [family: string, elements: readonly string[]][] {
  const families = isJsonObject(universe["topology"]) ? universe["topology"][kind] : undefined;
  if (!isJsonObject(families)) return [];
  return Object.entries(families).map(([family, members]) => [family, textsOf(members)]);
}

function temporalElements(universe: JsonObject): string[] {
  return topology(universe, "temporal").flatMap(([, members]) => members);
}

function familiesOf(universe: JsonObject): Map<string, string> {
  return new Map(
    topology(universe, "spatial").flatMap(([family, members]) =>
      members.map((name) => [name, family] as const),
    ),
  );
}

function pixelSystemsOf(universe: JsonObject): string[] {
  const { skypix } = universe;
  return isJsonObject(skypix) ? Object.keys(skypix).filter((name) => name !== "common") : [];
}
