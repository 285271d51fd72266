import { defineRevision } from "godwit";
import {
  createSolarSystemTables,
  dropSolarSystemTables,
  solarSystemConditions,
} from "../../lib/butler/solar-system.js";
import { planUniverse, writeUniverse } from "../../lib/butler/universe/change.js";
import { otherAttributes } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "aa7a2f893cba",
  parent: "352c30854bb0",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "8",
  summary: "Add dimensions of solar system processing",
  compatibility: { backward: "full", forward: "full" },
  invariants: [otherAttributes("config:dimensions.json")],
  async preconditions(context) {
    await solarSystemConditions(context);
  },
  async up(context) {
    const universe = await planUniverse(context, { from: 7, to: 8 });
    await createSolarSystemTables(context);
    await writeUniverse(context, universe);
  },
  async down(context) {
    const universe = await planUniverse(context, { from: 8, to: 7 });
    await dropSolarSystemTables(context);
    await writeUniverse(context, universe);
  },
});
