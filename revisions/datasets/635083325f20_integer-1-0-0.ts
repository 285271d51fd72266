import { defineRevision } from "godwit";

export default defineRevision({
  id: "635083325f20",
  parent: "576045cb7831",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManager",
  version: "1.0.0",
  summary: "ByDimensionsDatasetRecordStorageManager 1.0.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
