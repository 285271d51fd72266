import { defineRevision } from "godwit";

export default defineRevision({
  id: "38a9414ea7a2",
  parent: "eb5a3cc76666",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManager",
  version: "0.2.0",
  summary: "ByDimensionsDatasetRecordStorageManager 0.2.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
