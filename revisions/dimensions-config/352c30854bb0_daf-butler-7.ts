import { defineRevision } from "godwit";
import { countRows } from "../../lib/butler/counting.js";
import { canSeeSky, differsFromComputed, otherObservationTypes } from "../../lib/butler/sky.js";
import { planUniverse, writeUniverse } from "../../lib/butler/universe/change.js";
import { type } from "../../lib/database/schema/types.js";

export default defineRevision({
  id: "352c30854bb0",
  parent: "1fae088c80b6",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "7",
  summary: "Say of each exposure whether it can see the sky",
  compatibility: { backward: "full", forward: "full" },
  async up(context) {
    const universe = await planUniverse(context, { from: 6, to: 7 });
    for (const name of await otherObservationTypes(context)) {
      context.report(
        `Whether exposures of type "${name}" can see the sky is not known: can_see_sky is NULL.`,
      );
    }
    await context.schema.alter("exposure", (table) => {
      table.addColumn("can_see_sky", type.boolean(), { nullable: true, using: canSeeSky });
    });
    await writeUniverse(context, universe);
  },
  async down(context) {
    const universe = await planUniverse(context, { from: 7, to: 6 });
    const changed = await countRows(context, "exposure", differsFromComputed);
    // The way up fills the column from observation_type, so that it does not count as lost.
    if (changed > 0n)
      context.report(
        `${changed} values of exposure.can_see_sky do not follow from observation_type, and will be others if the column comes back.`,
      );
    await context.schema.alter("exposure", (table) => {
      table.dropColumn("can_see_sky");
    });
    await writeUniverse(context, universe);
  },
});
