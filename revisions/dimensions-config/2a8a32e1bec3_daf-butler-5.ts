import { defineRevision } from "godwit";
import { requireLength } from "../../lib/butler/counting.js";
import { resizeInstrumentNames } from "../../lib/butler/instrument-names.js";
import { planUniverse, writeUniverse } from "../../lib/butler/universe/change.js";
import { unchanged } from "../../lib/butler/invariants.js";
import { sql } from "../../lib/database/sql.js";

export default defineRevision({
  id: "2a8a32e1bec3",
  parent: "9888256c6a18",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "5",
  summary: "Allow longer instrument names",
  compatibility: { backward: "full", forward: "full" },
  invariants: [unchanged("instruments", sql`SELECT name, class_name FROM ${sql.table("instrument")}`)],
  async preconditions(context) {
    if (context.direction === "down") await requireLength(context, "instrument", "name", 16);
  },
  async up(context) {
    const universe = await planUniverse(context, { from: 4, to: 5 });
    await resizeInstrumentNames(context, 32);
    await writeUniverse(context, universe);
  },
  async down(context) {
    const universe = await planUniverse(context, { from: 5, to: 4 });
    if (context.mode === "run") await requireLength(context, "instrument", "name", 16);
    await resizeInstrumentNames(context, 16);
    await writeUniverse(context, universe);
  },
});
