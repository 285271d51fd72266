import { defineRevision } from "godwit";
import type { RevisionContext } from "godwit";
import { countRows } from "../../lib/butler/counting.js";
import { canSeeSky, differsFromComputed, otherObservationTypes } from "../../lib/butler/sky.js";
import { planUniverse, writeUniverse } from "../../lib/butler/universe/change.js";
import { type } from "../../lib/database/schema/types.js";
import { grouped, unchanged } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "352c30854bb0",
  parent: "1fae088c80b6",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "7",
  summary: "Say of each exposure whether it can see the sky",
  compatibility: { backward: "full", forward: "full" },
  invariants: [unchanged("the types of exposures", grouped("exposure", ["instrument", "observation_type"]))],
  async preconditions(context) {
    if (context.direction === "down") await tellOwnValues(context);
  },
  async up(context) {
    const universe = await planUniverse(context, { from: 6, to: 7 });
    // The plan tells of no rows: exposures are changed by steps that may come before.
    const others = context.mode === "run" ? await otherObservationTypes(context) : [];
    for (const name of others) {
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
    if (context.mode === "run") await tellOwnValues(context);
    await context.schema.alter("exposure", (table) => {
      table.dropColumn("can_see_sky");
    });
    await writeUniverse(context, universe);
  },
});

/** A column that the way up fills from another is not lost information, even where somebody has set it otherwise. */
async function tellOwnValues(context: RevisionContext): Promise<void> {
  const count = await countRows(context, "exposure", differsFromComputed);
  if (count === 0n) return;
  context.report(
    `${count} values of exposure.can_see_sky are not those that the way up computes again from observation_type.`,
  );
}
