import { defineRevision } from "godwit";

export default defineRevision({
  id: "4e2d7a28475b",
  parent: "2101fbf51ad3",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManagerUUID",
  version: "2.0.0",
  summary: "Store ingest_date as TAI nanoseconds",
  placeholder: "This migration is not written yet.",
});
