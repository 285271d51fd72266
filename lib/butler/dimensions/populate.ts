/** Fills the table of a new dimension with rows that a provider gives for each instrument. */
import { inspect } from "node:util";
import { validate as validateUuid } from "uuid";
import type { DialectName } from "../../database/database.js";
import type { SqlValue, Row } from "../../database/sql.js";
import { sql } from "../../database/sql.js";
import { InputError, messageOf, RefusedError } from "../../errors.js";
import type { RevisionContext } from "../../run/context.js";
import { badProvider } from "../bad-provider.js";
import type { Instrument } from "../day-obs.js";
import type { ColumnSpec, ElementModel, UniverseModel } from "../expected/universe-model.js";
import { surely, valueAt, valueOf } from "../../known.js";

/** Where the rows of a new dimension come from. */
export interface Population {
  /** The dimension, which requires `instrument`. */
  readonly dimension: string;
  /** The name of the provider. */
  readonly provider: string;
  /** Whether an instrument that no provider knows stays without rows (default `refuse`). */
  readonly unknownInstruments?: "refuse" | "skip";
  /** How long a provider may take for its next row, in milliseconds (default 60000). */
  readonly timeoutMs?: number;
}

/** A row of a table, or of a new dimension: values by column. The instrument is left out of new ones. */
export type DimensionRow = Readonly<Record<string, SqlValue | undefined>>;

/**
 * A provider of rows for an instrument.
 * @param parents the records of what the dimension hangs on: of the dimension that it requires last; none where that is the instrument
 * @returns undefined where the instrument is not known, so that the next provider is asked
 */
export type DimensionRows = (
  instrument: Instrument,
  parents: readonly Row[],
) => AsyncIterable<DimensionRow> | Iterable<DimensionRow> | undefined;

/** Rows that were given and are right. */
export interface GatheredRows {
  readonly table: string;
  readonly columns: readonly string[];
  /** Names of the columns that identify a row. */
  readonly key: readonly string[];
  readonly rows: readonly { readonly instrument: string; readonly values: readonly SqlValue[] }[];
  readonly instruments: readonly string[];
}

const governor = "instrument";

/**
 * Asks the providers for the rows of every instrument, and checks each row. Nothing is written.
 * @throws RefusedError `missing-provider` for an instrument that none knows
 * @throws InputError `bad-provider` with the provider, the instrument and the row at fault
 */
export async function gatherRows(
  context: RevisionContext,
  element: ElementModel,
  population: Population,
  universe: UniverseModel,
): Promise<GatheredRows> {
  const { key, requires } = element;
  if (key === null || !requires.includes(governor)) {
    throw new InputError("bad-dimensions", `"${element.name}" is no dimension of an instrument.`);
  }
  const providers = context
    .providers(population.provider)
    .map((one) => requireFunction(population.provider, one));
  const columns = columnsOf(element, universe);
  const gathered: { instrument: string; values: SqlValue[] }[] = [];
  const instruments = await readInstruments(context);
  for (const instrument of instruments) {
    const known = await knownRecords(context, element, universe, instrument);
    const given = await ask(providers, population, instrument, known.parents);
    if (given === null) continue;
    const check = new RowCheck(population.provider, context.dialect, instrument, columns, known);
    check.unique([...requires.filter((name) => name !== governor), key.name]);
    for (const { name } of element.alternateKeys)
      check.unique([...requires.filter((one) => one !== governor), name]);
    for await (const row of given) {
      gathered.push({ instrument: instrument.name, values: [instrument.name, ...check.values(row)] });
    }
  }
  return {
    table: element.name,
    columns: [governor, ...columns.map(({ name }) => name)],
    key: [...requires, key.name],
    rows: gathered,
    instruments: instruments.map(({ name }) => name),
  };
}

/** Inserts the rows that are not there yet, and reports how many each instrument got. */
export async function insertRows(context: RevisionContext, gathered: GatheredRows): Promise<void> {
  const { table, columns, key, rows, instruments } = gathered;
  const present = await presentKeys(context, gathered);
  const at = key.map((name) => columns.indexOf(name));
  const missing = rows.filter(
    ({ values }) => !present.has(textOf(at.map((index) => valueAt(values, index)))),
  );
  const size = 1000;
  for (let start = 0; start < missing.length; start += size) {
    const batch = missing.slice(start, start + size);
    await context.data.insert(table, { columns, rows: batch.map(({ values }) => values) });
    context.progress({
      what: `rows of ${table}`,
      rows: BigInt(start + batch.length),
      total: BigInt(missing.length),
    });
  }
  for (const instrument of instruments) {
    const count = missing.filter((row) => row.instrument === instrument).length;
    context.report(`${count} rows of "${table}" for instrument "${instrument}".`);
  }
}

/** Keys of rows that an earlier run left. While a plan is made, the table may not be there. */
async function presentKeys(context: RevisionContext, { table, key }: GatheredRows): Promise<Set<string>> {
  if (context.mode === "plan") return new Set();
  const rows = await context.query(sql`SELECT ${sql.ids(key)} FROM ${sql.table(table)}`);
  return new Set(rows.map((row) => textOf(key.map((name) => surely(row[name])))));
}

function textOf(values: readonly SqlValue[]): string {
  return JSON.stringify(values.map(String));
}

async function readInstruments(context: RevisionContext): Promise<Instrument[]> {
  const rows = await context.query(sql`SELECT name, class_name FROM ${sql.table(governor)} ORDER BY name`);
  return rows.map((row) => ({ name: String(row["name"]), className: String(row["class_name"]) }));
}

function requireFunction(name: string, provider: unknown): DimensionRows {
  if (typeof provider === "function") return provider as DimensionRows;
  throw badProvider(name, "is no function of an instrument and the records that the dimension hangs on");
}

/** The columns that a provider fills. */
interface FilledColumn {
  readonly name: string;
  readonly type: ColumnSpec["type"];
  readonly nullable: boolean;
}

function filled({ name, type }: ColumnSpec, nullable: boolean): FilledColumn {
  return { name, type, nullable };
}

function columnsOf(element: ElementModel, universe: UniverseModel): FilledColumn[] {
  const { requires, key, implies, alternateKeys, metadata } = element;
  const dimension = (name: string) => ({ name, type: universe.keyType(name), nullable: false });
  return [
    ...requires.filter((name) => name !== governor).map(dimension),
    ...(key === null ? [] : [filled(key, false)]),
    ...implies.map(dimension),
    ...[...alternateKeys, ...metadata].map((one) => filled(one, true)),
  ];
}

/** What is there of the dimensions that are required. */
interface KnownRecords {
  readonly parents: readonly Row[];
  /** By dimension: the columns that identify it, and the values that there are. */
  readonly keys: ReadonlyMap<
    string,
    { readonly columns: readonly string[]; readonly values: ReadonlySet<string> }
  >;
}

async function knownRecords(
  context: RevisionContext,
  { requires, implies }: ElementModel,
  universe: UniverseModel,
  { name: instrument }: Instrument,
): Promise<KnownRecords> {
  const keys = new Map<string, { columns: readonly string[]; values: ReadonlySet<string> }>();
  let parents: readonly Row[] = [];
  for (const dimension of [...requires, ...implies]) {
    const reference = universe.reference(dimension);
    if (dimension === governor || reference === null) continue;
    // A dimension that the same revision adds is filled together with this one, and judged by its foreign key.
    if (!(await context.schema.hasTable(dimension))) continue;
    const ofInstrument = reference.columns.includes(governor)
      ? sql` WHERE ${sql.id(governor)} = ${instrument}`
      : sql``;
    const records = await context.query(
      sql`SELECT * FROM ${sql.table(dimension)}${ofInstrument} ORDER BY ${sql.ids(reference.referenced)}`,
    );
    if (requires.includes(dimension)) parents = records;
    const columns = reference.columns.filter((column) => column !== governor);
    const own = reference.referenced.filter((_, at) => reference.columns[at] !== governor);
    keys.set(dimension, {
      columns,
      values: new Set(records.map((row) => textOf(own.map((column) => surely(row[column]))))),
    });
  }
  return { parents, keys };
}

/** The rows of the first provider that knows the instrument; null where none does and that is no fault. */
async function ask(
  providers: readonly DimensionRows[],
  population: Population,
  instrument: Instrument,
  parents: readonly Row[],
): Promise<AsyncIterable<unknown> | null> {
  const { provider: name, timeoutMs = 60_000 } = population;
  for (const provider of providers) {
    const rows: unknown = await within(timeoutMs, name, instrument, async () =>
      provider(instrument, parents),
    );
    if (rows === undefined || rows === null) continue;
    if (!isIterable(rows)) {
      throw badProvider(name, `gave something that is no sequence of rows, for ${whatOf(instrument)}`);
    }
    return timed(rows, timeoutMs, name, instrument);
  }
  if (population.unknownInstruments === "skip") return null;
  throw new RefusedError(
    "missing-provider",
    `No provider "${name}" knows the instrument "${instrument.name}" (${instrument.className}).`,
    { hint: `Add --provider ${name}=module#export with one that does; an empty list gives it no rows.` },
  );
}

type Rows = AsyncIterable<unknown> | Iterable<unknown>;

function isIterable(value: unknown): value is Rows {
  return (
    typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}

/** The same rows; what takes too long, or throws, is an error that names the provider. */
async function* timed(rows: Rows, timeoutMs: number, name: string, instrument: Instrument): AsyncGenerator {
  const iterator = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  for (;;) {
    const next = await within(timeoutMs, name, instrument, async () => iterator.next());
    if (next.done === true) return;
    yield next.value;
  }
}

async function within<T>(
  timeoutMs: number,
  name: string,
  instrument: Instrument,
  work: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(badProvider(name, `gave nothing for ${timeoutMs / 1000} seconds, for ${whatOf(instrument)}`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = messageOf(error);
    throw badProvider(name, `failed: ${reason}, for ${whatOf(instrument)}`, error);
  } finally {
    clearTimeout(timer);
  }
}

function whatOf({ name }: Instrument): string {
  return `instrument "${name}"`;
}

/** Checks the rows of one instrument. */
class RowCheck {
  readonly #seen: { readonly columns: readonly string[]; readonly values: Set<string> }[] = [];

  constructor(
    private readonly provider: string,
    private readonly dialect: DialectName,
    private readonly instrument: Instrument,
    private readonly columns: readonly FilledColumn[],
    private readonly known: KnownRecords,
  ) {}

  /** Columns whose values together occur once. */
  unique(columns: readonly string[]): void {
    this.#seen.push({ columns, values: new Set() });
  }

  /** The values of a row in the order of the columns. @throws InputError `bad-provider` */
  values(row: unknown): SqlValue[] {
    if (typeof row !== "object" || row === null || Array.isArray(row)) throw this.#fault(row, "is no object");
    const given = new Map<string, unknown>(this.#entries(row));
    const strange = [...given.keys()].find((name) => this.columns.every((column) => column.name !== name));
    if (strange !== undefined) throw this.#fault(row, `has a column "${strange}", which there is not`);
    const values = new Map(
      this.columns.map((column) => [column.name, this.#value(row, column, given.get(column.name) ?? null)]),
    );
    const textAt = (columns: readonly string[]): string =>
      textOf(columns.map((name) => valueOf(values, name)));
    for (const [dimension, { columns, values: known }] of this.known.keys) {
      if (!known.has(textAt(columns))) throw this.#fault(row, `names a ${dimension} that is not registered`);
    }
    for (const { columns, values: seen } of this.#seen) {
      if (values.get(columns.at(-1) ?? "") === null) continue;
      const text = textAt(columns);
      if (seen.has(text)) throw this.#fault(row, `has the same ${columns.join(", ")} as one before`);
      seen.add(text);
    }
    return [...values.values()];
  }

  #value(row: object, { name, type, nullable }: FilledColumn, value: unknown): SqlValue {
    if (value === null) {
      if (nullable) return null;
      throw this.#fault(row, `has no ${name}`);
    }
    const accepted = acceptedValue(this.dialect, type, value);
    if (accepted !== undefined) return accepted;
    throw this.#fault(row, `has a ${name} that is no ${typeText(type)}`);
  }

  #entries(row: object): [string, unknown][] {
    try {
      return Object.entries(row);
    } catch (error) {
      throw this.#fault(row, `cannot be read: ${messageOf(error)}`);
    }
  }

  #fault(row: unknown, what: string): InputError {
    return badProvider(
      this.provider,
      `gave the row ${rowText(row)}, which ${what}, for ${whatOf(this.instrument)}`,
    );
  }
}

/** Rows from elsewhere may hold anything, themselves included. */
function rowText(row: unknown): string {
  try {
    return JSON.stringify(row, (_key, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
  } catch {
    return inspect(row, { depth: 1, breakLength: Infinity });
  }
}

/** A value as it is stored; undefined where it is not of the type. */
function acceptedValue(dialect: DialectName, type: ColumnSpec["type"], value: unknown): SqlValue | undefined {
  switch (type.kind) {
    case "bigint":
      if (typeof value === "bigint") return BigInt.asIntN(64, value) === value ? value : undefined;
      return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
    case "string":
      return isStorable(value) && value !== "" && Array.from(value).length <= type.length ? value : undefined;
    case "text":
      return isStorable(value) ? value : undefined;
    case "uuid":
      if (!isStorable(value) || !validateUuid(value)) return undefined;
      return dialect === "sqlite" ? value.replaceAll("-", "").toLowerCase() : value;
    case "double":
      // SQLite would keep NULL in place of what is no number.
      return typeof value === "number" && !Number.isNaN(value) ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "bytes":
      return value instanceof Uint8Array ? value : undefined;
    default:
      return undefined;
  }
}

/** No database holds halves of characters, and PostgreSQL no NUL. */
function isStorable(value: unknown): value is string {
  return typeof value === "string" && value.isWellFormed() && !value.includes("\0");
}

function typeText(type: ColumnSpec["type"]): string {
  if (type.kind === "string") return `text of 1 to ${type.length} characters`;
  if (type.kind === "bigint") return "whole number of 64 bits";
  return type.kind;
}
