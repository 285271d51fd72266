import { defineRevision } from "godwit";
import type { RevisionContext } from "godwit";
import { requireLength } from "../../lib/butler/counting.js";
import { planUniverse, writeUniverse } from "../../lib/butler/universe/change.js";
import { type } from "../../lib/database/schema/types.js";
import { grouped, unchanged } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "c5ae3a2cd7c2",
  parent: "bf6308af80aa",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "3",
  summary: "Allow longer observation reasons",
  compatibility: { backward: "full", forward: "full" },
  invariants: [
    unchanged("the reasons of exposures", grouped("exposure", ["instrument", "observation_reason"])),
    unchanged("the reasons of visits", grouped("visit", ["instrument", "observation_reason"])),
  ],
  async preconditions(context) {
    if (context.direction === "down") await requireShortReasons(context);
  },
  async up(context) {
    const universe = await planUniverse(context, { from: 2, to: 3 });
    for (const name of ["visit", "exposure"]) {
      await context.schema.alter(name, (table) => {
        table.changeColumn("observation_reason", { type: type.string(68) });
      });
    }
    await writeUniverse(context, universe);
  },
  async down(context) {
    const universe = await planUniverse(context, { from: 3, to: 2 });
    if (context.mode === "run") await requireShortReasons(context);
    for (const name of ["visit", "exposure"]) {
      await context.schema.alter(name, (table) => {
        table.changeColumn("observation_reason", { type: type.string(32) });
      });
    }
    await writeUniverse(context, universe);
  },
});

async function requireShortReasons(context: RevisionContext): Promise<void> {
  for (const name of ["visit", "exposure"]) await requireLength(context, name, "observation_reason", 32);
}
