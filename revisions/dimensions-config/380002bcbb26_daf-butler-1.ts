import { defineRevision } from "godwit";
import { changeUniverse } from "../../lib/butler/universe/change.js";
import { otherAttributes } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "380002bcbb26",
  parent: "f3bcee34f344",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "1",
  summary: "Name the namespace of the dimensions, and add HEALPix",
  compatibility: { backward: "full", forward: "full" },
  invariants: [otherAttributes("config:dimensions.json")],
  async up(context) {
    await changeUniverse(context, { from: 0, to: 1 });
  },
  async down(context) {
    await changeUniverse(context, { from: 1, to: 0 });
  },
});
