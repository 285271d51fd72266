/** Adds dimensions to a repository, and takes them away again: tables, keys and names follow from the dimension configuration. */
import { compareTables } from "../../database/schema/differences.js";
import type { Table } from "../../database/schema/table.js";
import { InputError, RefusedError } from "../../errors.js";
import type { RevisionContext } from "../../run/context.js";
import { Attributes } from "../attributes.js";
import { countTable } from "../counting.js";
import { dimensionTables } from "../expected/dimension-tables.js";
import { tableOf } from "../expected/definitions.js";
import type { Definition } from "../expected/definitions.js";
import { dimensionTraits } from "../expected/format.js";
import type { Traits } from "../expected/format.js";
import { UniverseModel } from "../expected/universe-model.js";
import { managersIn } from "../managers.js";
import { requireUnused } from "../observing-days.js";
import { readUniverse, writeUniverse } from "../universe/change.js";
import { textsOf } from "../universe/elements.js";
import { isJsonObject } from "../universe/json.js";
import type { Json, JsonObject } from "../universe/json.js";
import { gatherRows, insertRows } from "./populate.js";
import type { Population } from "./populate.js";

/** Dimensions (or combinations of them) that a version of the configuration adds. */
export interface DimensionAddition {
  /** The versions of the configuration before and afterwards. */
  readonly from: number;
  readonly to: number;
  /** Definitions by name, as they stand in the configuration under `elements`. */
  readonly elements: Readonly<Record<string, JsonObject>>;
  /** Families of elements that have a region or a timespan: the new members of each, in their order. */
  readonly topology?: {
    readonly spatial?: Readonly<Record<string, readonly string[]>>;
    readonly temporal?: Readonly<Record<string, readonly string[]>>;
  };
  /** Where the rows of a new dimension come from; a dimension without is empty at first. */
  readonly populations?: readonly Population[];
}

/**
 * Adds the elements to the configuration, makes their tables, and fills these where a provider is named. Everything that can stand
 * in the way, the providers' rows included, is looked at before the first change.
 *
 * @throws RefusedError `configuration-version`, `configuration-conflict`, `table-differs`, and about what providers give
 * @throws InputError `bad-dimensions`, `unknown-dimension`, `bad-provider`
 */
export async function addDimensions(context: RevisionContext, addition: DimensionAddition): Promise<void> {
  const own = await readUniverse(context);
  requireVersion(own, addition.from);
  const universe = withAddition(own, addition);
  const model = new UniverseModel(universe);
  requirePossibleOverlaps(model);
  const tables = await tablesOfAddition(context, own, universe);
  const missing: Definition[] = [];
  for (const table of tables) if (!(await isThere(context, table))) missing.push(table);
  const populated = [];
  for (const population of addition.populations ?? [])
    populated.push(await gatherRows(context, model.element(population.dimension), population, model));
  for (const { name, define } of missing) await context.schema.create(name, define);
  for (const rows of populated) await insertRows(context, rows);
  await writeUniverse(context, universe);
}

/**
 * Drops the tables of the elements, and takes these out of the configuration.
 * @throws RefusedError `dimensions-in-use` while dataset types have one of them; `data-loss` where rows would be lost
 */
export async function removeDimensions(
  context: RevisionContext,
  addition: Omit<DimensionAddition, "populations">,
): Promise<void> {
  const own = await readUniverse(context);
  requireVersion(own, addition.to);
  await requireUnused(context, Object.keys(addition.elements));
  const universe = withoutAddition(own, addition);
  const tables = await tablesOfAddition(context, universe, own);
  for (const { name } of tables) context.losesData(`rows of "${name}"`, await countTable(context, name));
  for (const { name } of tables.toReversed()) await context.schema.drop(name);
  await writeUniverse(context, universe);
}

function requireVersion({ version }: JsonObject, expected: number): void {
  if (version === expected) return;
  throw new RefusedError(
    "configuration-version",
    `The dimension configuration says version ${JSON.stringify(version ?? null)}, and ${expected} is expected.`,
    { hint: "`godwit current --check` compares what the repository says of itself." },
  );
}

/** Butler refuses a configuration in which regions of two families would overlap within one governor. */
function requirePossibleOverlaps(model: UniverseModel): void {
  for (const [one, other] of model.overlaps) {
    const governor = model.governorOf(one);
    if (governor !== model.governorOf(other)) continue;
    throw new InputError(
      "bad-dimensions",
      `"${one.name}" and "${other.name}" have regions of different families, and both belong to "${governor}".`,
      { hint: "Put the new one into the family of the other, or give it another governor." },
    );
  }
}

function withAddition(universe: JsonObject, { to, elements, topology = {} }: DimensionAddition): JsonObject {
  const own = objectAt(universe, "elements");
  const taken = Object.keys(elements).filter((name) => Object.hasOwn(own, name));
  if (taken.length > 0) {
    throw new RefusedError(
      "configuration-conflict",
      `The dimension configuration of the repository has ${taken.join(", ")} already.`,
      { hint: "Give the new dimension another name." },
    );
  }
  const families = { ...objectAt(universe, "topology") };
  for (const [kind, members] of Object.entries(topology))
    families[kind] = withMembers(objectAt(families, kind), members);
  const changed = Object.keys(topology).length === 0 ? {} : { topology: families };
  return { ...universe, version: to, elements: { ...own, ...elements }, ...changed };
}

function withMembers(families: JsonObject, added: Readonly<Record<string, readonly string[]>>): JsonObject {
  const merged: Record<string, Json> = { ...families };
  for (const [family, names] of Object.entries(added)) {
    const known = families[family];
    merged[family] = [...(Array.isArray(known) ? (known as readonly Json[]) : []), ...names];
  }
  return merged;
}

function withoutAddition(
  universe: JsonObject,
  { from, elements, topology = {} }: Omit<DimensionAddition, "populations">,
): JsonObject {
  const kept = Object.entries(objectAt(universe, "elements")).filter(
    ([name]) => !Object.hasOwn(elements, name),
  );
  const families = { ...objectAt(universe, "topology") };
  for (const [kind, members] of Object.entries(topology))
    families[kind] = withoutMembers(objectAt(families, kind), members);
  const changed = Object.keys(topology).length === 0 ? {} : { topology: families };
  return { ...universe, version: from, elements: Object.fromEntries(kept), ...changed };
}

/** A family that nothing is left of was added together with its members. */
function withoutMembers(
  families: JsonObject,
  added: Readonly<Record<string, readonly string[]>>,
): JsonObject {
  const rest = Object.entries(families).flatMap(([family, names]): [string, Json][] => {
    const gone = added[family];
    if (gone === undefined || !Array.isArray(names)) return [[family, names]];
    const left = textsOf(names).filter((name) => !gone.includes(name));
    return left.length === 0 ? [] : [[family, left]];
  });
  return Object.fromEntries(rest);
}

function objectAt(value: JsonObject, key: string): JsonObject {
  const inner = value[key];
  return isJsonObject(inner) ? inner : {};
}

/**
 * The tables that the larger of two configurations has and the smaller has not, in the order in which they refer to each other.
 * @throws RefusedError `changes-tables` where a table of both is another one in each
 */
async function tablesOfAddition(
  context: RevisionContext,
  smaller: JsonObject,
  larger: JsonObject,
): Promise<Definition[]> {
  const traits = await traitsOfRepository(context);
  const tables = dimensionTables(traits, new UniverseModel(larger));
  const before = new Map(
    dimensionTables(traits, new UniverseModel(smaller)).map((one) => [
      one.name,
      tableOf(context.dialect, one),
    ]),
  );
  for (const definition of tables) {
    const known = before.get(definition.name);
    if (known === undefined || compareTables([known], [tableOf(context.dialect, definition)]).length === 0)
      continue;
    throw new RefusedError(
      "changes-tables",
      `The new configuration changes the table "${definition.name}", which is there already.`,
      { hint: "Write out with `context.schema.alter` what becomes of its rows." },
    );
  }
  return tables.filter(({ name }) => !before.has(name));
}

async function traitsOfRepository(context: RevisionContext): Promise<Traits> {
  return dimensionTraits(managersIn(await new Attributes(context).all()));
}

/** Whether a table is there as it should be. @throws RefusedError `table-differs` where another one has its name */
async function isThere(context: RevisionContext, definition: Definition): Promise<boolean> {
  if (!(await context.schema.hasTable(definition.name))) return false;
  const found: Table = await context.schema.table(definition.name);
  const [difference] = compareTables([tableOf(context.dialect, definition)], [found]);
  if (difference === undefined) return true;
  throw new RefusedError(
    "table-differs",
    `There is a table "${definition.name}" already, and its ${difference.kind} ${difference.name ?? ""} is not that of the dimension.`,
    { hint: "Rename or remove that table, or give the dimension another name." },
  );
}
