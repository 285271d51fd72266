import { defineSwitch } from "godwit";
import { ingestDateConditions, ingestDatesToTai, ingestDatesToUtc } from "godwit/butler";

export default defineSwitch({
  manager: "datasets",
  from: "d5a52d23f076",
  to: "febd16fb827f",
  summary: "Store ingest_date as TAI nanoseconds",
  compatibility: { backward: "full", forward: "none" },
  async preconditions(context) {
    await ingestDateConditions(context);
  },
  async up(context) {
    await ingestDatesToTai(context);
  },
  async down(context) {
    await ingestDatesToUtc(context);
  },
});
