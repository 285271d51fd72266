import { defineRevision } from "godwit";
import {
  addDaysAndGroups,
  dayAndGroupConditions,
  dayAndGroupInvariants,
  removeDaysAndGroups,
} from "../../lib/butler/observing-days.js";
import { planUniverse, writeUniverse } from "../../lib/butler/universe/change.js";
import { observations } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "1fae088c80b6",
  parent: "2a8a32e1bec3",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "6",
  summary: "Make the group and the observing day dimensions",
  compatibility: { backward: "full", forward: "full" },
  asks: { dayObsOffsets: "how many seconds after midnight TAI an observing day of an instrument begins" },
  invariants: [...observations, ...dayAndGroupInvariants],
  async preconditions(context) {
    await dayAndGroupConditions(context);
  },
  async up(context) {
    const universe = await planUniverse(context, { from: 5, to: 6 });
    await addDaysAndGroups(context);
    await writeUniverse(context, universe);
  },
  async down(context) {
    const universe = await planUniverse(context, { from: 6, to: 5 });
    await removeDaysAndGroups(context);
    await writeUniverse(context, universe);
  },
});
