import { defineSwitch } from "godwit";
import { assignIntegers, assignUuids } from "../../lib/butler/dataset-ids.js";
import { countTable } from "../../lib/butler/counting.js";

export default defineSwitch({
  manager: "datasets",
  from: "635083325f20",
  to: "2101fbf51ad3",
  summary: "Give datasets UUIDs instead of integers",
  compatibility: { backward: "none", forward: "none" },
  asks: { datasetIds: "which dataset types have ids that follow from what their datasets are, and how" },
  invariants: [
    {
      description: "the number of datasets",
      before: (context) => countTable(context, "dataset"),
      after: (context) => countTable(context, "dataset"),
    },
    {
      description: "the number of locations of datasets",
      before: (context) => countTable(context, "dataset_location"),
      after: (context) => countTable(context, "dataset_location"),
    },
  ],
  async up(context) {
    await assignUuids(context);
  },
  async down(context) {
    await assignIntegers(context);
  },
});
