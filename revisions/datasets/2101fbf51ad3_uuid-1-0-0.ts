import { defineRevision } from "godwit";

export default defineRevision({
  id: "2101fbf51ad3",
  parent: "059cc7b7ef13",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManagerUUID",
  version: "1.0.0",
  summary: "ByDimensionsDatasetRecordStorageManagerUUID 1.0.0",
  labels: ["datasets-ByDimensionsDatasetRecordStorageManagerUUID"],
  placeholder:
    "The first version of its class: it is reached from the integer ids of ByDimensionsDatasetRecordStorageManager 1.0.0.",
});
