import { defineRevision, sql, type RevisionContext, type RowFinding } from "godwit";
import { addDimensions, removeDimensions } from "godwit/butler";

const addition = {
  from: 8,
  to: 9001,
  elements: {
    amplifier: {
      keys: [
        { name: "id", type: "int" },
        { name: "name", type: "string", length: 32 },
      ],
      requires: ["instrument", "detector"],
      storage: { cls: "lsst.daf.butler.registry.dimensions.table.TableDimensionRecordStorage" },
    },
  },
};

export default defineRevision({
  id: "c9df9d37ac15",
  parent: "aa7a2f893cba",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "9001",
  summary: "Make amplifiers a dimension",
  compatibility: { backward: "full", forward: "full" },
  needs: { amplifiers: "the amplifiers of each instrument's detectors" },
  options: {
    skip_unknown_instruments: {
      type: "boolean",
      description: "Whether instruments that no provider knows stay without amplifiers",
      default: "false",
    },
    provider_timeout: {
      type: "integer",
      description: "How many seconds a provider may take for its next row",
      default: "60",
    },
  },
  up,
  down,
  verify,
});

async function up(context: RevisionContext): Promise<void> {
  await addDimensions(context, {
    ...addition,
    populations: [
      {
        dimension: "amplifier",
        provider: "amplifiers",
        unknownInstruments: context.option("skip_unknown_instruments") === true ? "skip" : "refuse",
        timeoutMs: Number(context.option("provider_timeout")) * 1000,
      },
    ],
  });
}

async function down(context: RevisionContext): Promise<void> {
  await removeDimensions(context, addition);
}

/** Instruments that older code registers come without amplifiers. */
async function verify(context: RevisionContext): Promise<RowFinding[]> {
  const rows = await context.query(
    sql`SELECT d.instrument, d.id FROM ${sql.table("detector")} d WHERE NOT EXISTS (SELECT 1 FROM ${sql.table("amplifier")} a WHERE a.instrument = d.instrument AND a.detector = d.id) ORDER BY d.instrument, d.id`,
  );
  if (rows.length === 0) return [];
  return [
    {
      code: "detectors-without-amplifiers",
      table: "amplifier",
      object: null,
      message: "Detectors have no amplifiers.",
      count: rows.length,
      examples: rows
        .slice(0, 5)
        .map((row) => `instrument=${String(row["instrument"])}, detector=${String(row["id"])}`),
    },
  ];
}
