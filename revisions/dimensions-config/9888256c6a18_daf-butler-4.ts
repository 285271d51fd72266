import { defineRevision } from "godwit";
import { changeUniverse } from "../../lib/butler/universe/change.js";
import { otherAttributes } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "9888256c6a18",
  parent: "c5ae3a2cd7c2",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "4",
  summary: "Say which joins are populated with the visit",
  compatibility: { backward: "full", forward: "full" },
  invariants: [otherAttributes("config:dimensions.json")],
  async up(context) {
    await changeUniverse(context, { from: 3, to: 4 });
  },
  async down(context) {
    await changeUniverse(context, { from: 4, to: 3 });
  },
});
