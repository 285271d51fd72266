import { defineRevision } from "godwit";
import { planUniverse, writeUniverse } from "../../lib/butler/universe/change.js";
import {
  addVisitSystemMembership,
  removeVisitSystemMembership,
  visitInvariants,
  visitSystemConditions,
} from "../../lib/butler/visit-systems.js";
import { observations } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "bf6308af80aa",
  parent: "380002bcbb26",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "2",
  summary: "Let a visit belong to several visit systems",
  compatibility: { backward: "full", forward: "full" },
  options: {
    has_simulated: {
      type: "string",
      description: "whether the exposures that are there hold simulated content",
      values: ["0", "1"],
      required: true,
    },
  },
  invariants: [...observations, ...visitInvariants],
  async preconditions(context) {
    await visitSystemConditions(context);
  },
  async up(context) {
    const universe = await planUniverse(context, { from: 1, to: 2 });
    await addVisitSystemMembership(context);
    await writeUniverse(context, universe);
  },
  async down(context) {
    const universe = await planUniverse(context, { from: 2, to: 1 });
    await removeVisitSystemMembership(context);
    await writeUniverse(context, universe);
  },
});
