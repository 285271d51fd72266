import { defineSwitch } from "godwit";
import { assignIntegers, assignUuids, uuidConditions } from "../../lib/butler/dataset-ids.js";
import { datasets } from "../../lib/butler/invariants.js";

export default defineSwitch({
  manager: "datasets",
  from: "635083325f20",
  to: "2101fbf51ad3",
  summary: "Give datasets UUIDs instead of integers",
  compatibility: { backward: "none", forward: "none" },
  asks: { datasetIds: "which dataset types have ids that follow from what their datasets are, and how" },
  invariants: datasets,
  async preconditions(context) {
    await uuidConditions(context);
  },
  async up(context) {
    await assignUuids(context);
  },
  async down(context) {
    await assignIntegers(context);
  },
});
