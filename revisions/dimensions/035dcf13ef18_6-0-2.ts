import { defineRevision } from "godwit";
import { allowNullImplied, impliedConditions, requireImplied } from "../../lib/butler/implied-dimensions.js";
import { grouped, unchanged } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "035dcf13ef18",
  parent: "1601d5973bf8",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "6.0.2",
  summary: "Demand a value for every implied dimension",
  compatibility: { backward: "full", forward: "full" },
  options: {
    null_filter_value: {
      type: "string",
      description: "the physical filter of visits that have none; needed where there are such visits",
    },
  },
  invariants: [
    unchanged("the bands of filters", grouped("physical_filter", ["band"])),
    unchanged("the number of visits by instrument", grouped("visit", ["instrument"])),
    unchanged("the filters of exposures", grouped("exposure", ["instrument", "physical_filter"])),
  ],
  async preconditions(context) {
    await impliedConditions(context);
  },
  async up(context) {
    await requireImplied(context);
  },
  async down(context) {
    await allowNullImplied(context);
  },
});
