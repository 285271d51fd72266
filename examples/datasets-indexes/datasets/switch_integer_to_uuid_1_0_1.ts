import { defineSwitch } from "godwit";
import { assignIntegers, assignUuids } from "godwit/butler";

export default defineSwitch({
  manager: "datasets",
  from: "486d96d51db8",
  to: "d5a52d23f076",
  summary: "Give datasets UUIDs instead of integers",
  compatibility: { backward: "none", forward: "none" },
  asks: { datasetIds: "which dataset types have ids that follow from what their datasets are, and how" },
  async up(context) {
    await assignUuids(context);
  },
  async down(context) {
    await assignIntegers(context);
  },
});
