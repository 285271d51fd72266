import { defineRevision } from "godwit";

export default defineRevision({
  id: "576045cb7831",
  parent: "38a9414ea7a2",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManager",
  version: "0.3.0",
  summary: "ByDimensionsDatasetRecordStorageManager 0.3.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
