import { defineRevision } from "godwit";

export default defineRevision({
  id: "eb5a3cc76666",
  parent: "059cc7b7ef13",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManager",
  version: "0.1.0",
  summary: "ByDimensionsDatasetRecordStorageManager 0.1.0",
  labels: ["datasets-ByDimensionsDatasetRecordStorageManager"],
  placeholder: "A first version: no repository was ever without it.",
});
