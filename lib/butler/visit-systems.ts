/** From one visit system a visit to several: dimension configuration 1 to 2, and back. */
import { type } from "../database/schema/types.js";
import { numberOf, sql } from "../database/sql.js";
import type { Sql } from "../database/sql.js";
import { InputError, RefusedError } from "../errors.js";
import type { Invariant } from "../revision.js";
import type { RevisionContext } from "../run/context.js";
import { Attributes, digestAttribute } from "./attributes.js";
import { storedClassPath } from "./classes.js";
import { countRows } from "./counting.js";
import { unchanged } from "./invariants.js";
import { surely } from "../known.js";

/** Instruments whose visits are defined by counters; all others define them one to one. */
const counting: readonly string[] = ["LSSTCam", "LATISS", "LSSTComCam"];

const defaultSystem: Sql = sql`CASE WHEN name IN (${sql.join(counting.map((name) => sql`${name}`))}) THEN 2 ELSE 0 END`;

const [visit, exposure, definition, membership] = [
  sql.table("visit"),
  sql.table("exposure"),
  sql.table("visit_definition"),
  sql.table("visit_system_membership"),
];

export async function addVisitSystemMembership(context: RevisionContext): Promise<void> {
  const simulated = simulatedOption(context);
  if (context.mode === "run") await requireVisits(context);
  await tellOfLonelyVisits(context);
  const keysNullable = await keyColumnsNullable(context);
  await context.schema.alter("instrument", (table) => {
    table.addColumn("visit_system", type.bigint(), { nullable: true, using: defaultSystem });
  });
  await context.schema.alter("visit", (table) => {
    table.dropColumn("visit_system");
    table.addColumn("seq_num", type.bigint(), { nullable: true });
    table.addColumn("azimuth", type.double(), { nullable: true });
  });
  await context.execute(
    sql`UPDATE ${visit} SET seq_num = f.seq_num FROM (${firstNumbers}) f WHERE f.instrument = ${visit}.instrument AND f.visit = ${visit}.id`,
    { table: "visit", cost: "rewrite" },
  );
  await context.schema.alter("exposure", (table) => {
    table.addColumn("seq_start", type.bigint(), { nullable: true, using: sql.id("seq_num") });
    table.addColumn("seq_end", type.bigint(), { nullable: true, using: sql.id("seq_num") });
    table.addColumn("azimuth", type.double(), { nullable: true });
    table.addColumn("has_simulated", type.boolean(), { nullable: true, using: sql`${simulated}` });
  });
  await createMembership(context);
  await context.schema.alter("visit_definition", (table) => {
    table.setPrimaryKey(["instrument", "exposure", "visit"]);
    table.changeColumn("visit", { nullable: keysNullable });
    table.dropColumn("visit_system");
  });
  await updateDigest(context);
}

/** Which exposures are of which visits, and which visits of which systems (those with exposures). */
export const visitInvariants: readonly Invariant[] = [
  unchanged(
    "exposures of visits",
    sql`SELECT instrument, count(*) AS n FROM (SELECT DISTINCT instrument, exposure, visit FROM ${definition}) d GROUP BY instrument`,
  ),
  unchanged(
    "visits of visit systems",
    sql`SELECT instrument, visit_system, count(DISTINCT visit) AS n FROM ${definition} GROUP BY instrument, visit_system`,
    sql`SELECT instrument, visit_system, count(DISTINCT visit) AS n FROM ${membership} m WHERE EXISTS (SELECT 1 FROM ${definition} d WHERE d.instrument = m.instrument AND d.visit = m.visit) GROUP BY instrument, visit_system`,
  ),
];

/** What is asked before a plan begins. @throws RefusedError `null-values`, `not-representable` */
export async function visitSystemConditions(context: RevisionContext): Promise<void> {
  if (context.direction === "up") {
    await requireVisits(context);
    return;
  }
  await requireOneWay(context);
  await countLosses(context);
}

async function requireVisits(context: RevisionContext): Promise<void> {
  const count = await countRows(context, "visit_definition", sql`visit IS NULL`);
  if (count === 0n) return;
  throw new RefusedError("null-values", `${count} rows of "visit_definition" name no visit.`, {
    hint: "Give these rows their visits, or remove them, first.",
  });
}

/** Which visits belong to which systems is known from their exposures from now on. */
async function tellOfLonelyVisits(context: RevisionContext): Promise<void> {
  const condition = sql`visit_system IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${definition} d WHERE d.instrument = ${visit}.instrument AND d.visit = ${visit}.id)`;
  if (context.mode === "plan") return;
  const count = await countRows(context, "visit", condition);
  if (count > 0n)
    context.report(`${count} visits have no exposures, and belong to no visit system from now on.`);
}

/** SQLite lets columns of a primary key be NULL unless they are declared otherwise, which older releases did not do. */
async function keyColumnsNullable(context: RevisionContext): Promise<boolean> {
  const { columns } = await context.schema.table("visit_definition");
  return columns.find(({ name }) => name === "instrument")?.nullable ?? false;
}

const firstNumbers = sql`SELECT d.instrument AS instrument, d.visit AS visit, MIN(e.seq_num) AS seq_num FROM ${definition} d JOIN ${exposure} e ON e.instrument = d.instrument AND e.id = d.exposure GROUP BY d.instrument, d.visit`;

function simulatedOption(context: RevisionContext): boolean {
  const value = context.option("has_simulated");
  if (value === "0" || value === "1") return value === "1";
  throw new InputError("missing-option", "Whether the exposures hold simulated content has to be said.", {
    hint: "Add --options has_simulated=0 or has_simulated=1",
  });
}

async function createMembership(context: RevisionContext): Promise<void> {
  await context.schema.create("visit_system_membership", (table) => {
    table.column("instrument", type.string(16));
    table.column("visit_system", type.bigint());
    table.column("visit", type.bigint());
    table.primaryKey(["instrument", "visit_system", "visit"]);
    table.foreignKey(["instrument"], { table: "instrument", columns: ["name"] });
    table.foreignKey(["instrument", "visit_system"], {
      table: "visit_system",
      columns: ["instrument", "id"],
    });
    table.foreignKey(["instrument", "visit"], { table: "visit", columns: ["instrument", "id"] });
  });
  await context.execute(
    sql`INSERT INTO ${membership} (instrument, visit_system, visit) SELECT DISTINCT instrument, visit_system, visit FROM ${definition}`,
    { table: "visit_system_membership", cost: "rewrite" },
  );
  // The same exposure in the same visit of two systems is one row from now on.
  await context.execute(
    sql`DELETE FROM ${definition} WHERE EXISTS (SELECT 1 FROM ${definition} o WHERE o.instrument = ${definition}.instrument AND o.exposure = ${definition}.exposure AND o.visit = ${definition}.visit AND o.visit_system < ${definition}.visit_system)`,
    { table: "visit_definition", cost: "scan" },
  );
}

/** Repositories that have digests get the one that tools before this one wrote for these tables. */
async function updateDigest(context: RevisionContext): Promise<void> {
  const attributes = new Attributes(context);
  const name = digestAttribute(surely(storedClassPath("StaticDimensionRecordStorageManager")));
  if ((await attributes.get(name)) === undefined) return;
  const digest =
    context.dialect === "sqlite" ? "67be8681bc44dd8ed717b9056679f62c" : "689da2cd495d8caba0eb05cb137c177f";
  await attributes.set(name, digest);
}

export async function removeVisitSystemMembership(context: RevisionContext): Promise<void> {
  if (context.mode === "run") await visitSystemConditions(context);
  const { columns } = await context.schema.table("visit");
  const nullable = columns.some((column) => column.name === "physical_filter" && column.nullable);
  await restoreDefinitions(context, nullable, await keyColumnsNullable(context));
  await context.schema.alter("visit", (table) => {
    table.addColumn("visit_system", type.bigint(), { nullable: true });
  });
  await context.execute(
    sql`UPDATE ${visit} SET visit_system = f.visit_system FROM (${firstSystems}) f WHERE f.instrument = ${visit}.instrument AND f.visit = ${visit}.id`,
    { table: "visit", cost: "rewrite" },
  );
  await context.schema.alter("visit", (table) => {
    table.changeColumn("visit_system", { nullable });
    table.addForeignKey(["instrument", "visit_system"], {
      table: "visit_system",
      columns: ["instrument", "id"],
    });
    table.dropColumn("seq_num");
    table.dropColumn("azimuth");
  });
  await context.schema.alter("exposure", (table) => {
    for (const column of ["seq_start", "seq_end", "azimuth", "has_simulated"]) table.dropColumn(column);
  });
  await context.schema.alter("instrument", (table) => {
    table.dropColumn("visit_system");
  });
  await context.schema.drop("visit_system_membership");
}

const firstSystems = sql`SELECT instrument, visit, MIN(visit_system) AS visit_system FROM ${membership} GROUP BY instrument, visit`;

async function restoreDefinitions(
  context: RevisionContext,
  nullable: boolean,
  keysNullable: boolean,
): Promise<void> {
  await context.schema.alter("visit_definition", (table) => {
    table.addColumn("visit_system", type.bigint(), { nullable: true });
  });
  const effect = { table: "visit_definition", cost: "rewrite" } as const;
  await context.execute(
    sql`UPDATE ${definition} SET visit_system = f.visit_system FROM (${firstSystems}) f WHERE f.instrument = ${definition}.instrument AND f.visit = ${definition}.visit`,
    effect,
  );
  await context.schema.alter("visit_definition", (table) => {
    table.setPrimaryKey(["instrument", "visit_system", "exposure"]);
    table.changeColumn("visit_system", { nullable: keysNullable });
    table.changeColumn("visit", { nullable });
    table.addForeignKey(["instrument", "visit_system"], {
      table: "visit_system",
      columns: ["instrument", "id"],
    });
  });
  await context.execute(
    sql`INSERT INTO ${definition} (instrument, visit_system, exposure, visit) SELECT d.instrument, m.visit_system, d.exposure, d.visit FROM ${definition} d JOIN ${membership} m ON m.instrument = d.instrument AND m.visit = d.visit WHERE m.visit_system <> d.visit_system`,
    effect,
  );
}

/** What the older tables cannot hold. */
async function requireOneWay(context: RevisionContext): Promise<void> {
  const lonely = await countRows(
    context,
    "visit",
    sql`NOT EXISTS (SELECT 1 FROM ${membership} m WHERE m.instrument = ${visit}.instrument AND m.visit = ${visit}.id)`,
  );
  const rows = await context.query(
    sql`SELECT count(*) AS n FROM (SELECT d.instrument FROM ${definition} d JOIN ${membership} m ON m.instrument = d.instrument AND m.visit = d.visit GROUP BY d.instrument, m.visit_system, d.exposure HAVING count(*) > 1) twice`,
  );
  const twice = numberOf(rows);
  const faults = [
    ...(lonely > 0n ? [`${lonely} visits belong to no visit system`] : []),
    ...(twice > 0n ? [`${twice} exposures belong to several visits of one visit system`] : []),
  ];
  if (faults.length === 0) return;
  throw new RefusedError(
    "not-representable",
    `The older tables cannot hold what is there: ${faults.join("; ")}.`,
    {
      hint: "Stay at this version.",
    },
  );
}

/** What is not made again by the way up. */
async function countLosses(context: RevisionContext): Promise<void> {
  const losses: readonly (readonly [what: string, table: string, condition: Sql])[] = [
    ["azimuths of visits", "visit", sql`azimuth IS NOT NULL`],
    ["azimuths of exposures", "exposure", sql`azimuth IS NOT NULL`],
    [
      "sequences of exposures",
      "exposure",
      sql`COALESCE(seq_start, -1) <> COALESCE(seq_num, -1) OR COALESCE(seq_end, -1) <> COALESCE(seq_num, -1)`,
    ],
    [
      "visit systems of instruments",
      "instrument",
      sql`visit_system IS NOT NULL AND visit_system <> ${defaultSystem}`,
    ],
    [
      "sequence numbers of visits",
      "visit",
      sql`seq_num IS NOT NULL AND NOT EXISTS (SELECT 1 FROM (${firstNumbers}) f WHERE f.instrument = ${visit}.instrument AND f.visit = ${visit}.id AND f.seq_num = ${visit}.seq_num)`,
    ],
    [
      "memberships of visits without exposures",
      "visit_system_membership",
      sql`NOT EXISTS (SELECT 1 FROM ${definition} d WHERE d.instrument = ${membership}.instrument AND d.visit = ${membership}.visit)`,
    ],
  ];
  for (const [what, table, condition] of losses) {
    context.losesData(what, await countRows(context, table, condition));
  }
  const simulated = await countRows(context, "exposure", sql`has_simulated = ${true}`);
  const real = await countRows(context, "exposure", sql`has_simulated = ${false}`);
  context.losesData("which exposures are simulated", simulated > 0n && real > 0n ? simulated : 0n);
}
