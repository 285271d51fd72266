import { defineRevision } from "godwit";
import { ingestDateConditions, ingestDatesToTai, ingestDatesToUtc } from "../../lib/butler/ingest-dates.js";
import { grouped, unchanged } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "4e2d7a28475b",
  parent: "2101fbf51ad3",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManagerUUID",
  version: "2.0.0",
  summary: "Store ingest_date as TAI nanoseconds",
  compatibility: { backward: "full", forward: "none" },
  invariants: [unchanged("the number of datasets by type", grouped("dataset", ["dataset_type_id"]))],
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
