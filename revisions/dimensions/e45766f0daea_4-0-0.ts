import { defineRevision } from "godwit";

export default defineRevision({
  id: "e45766f0daea",
  parent: "3859eac451aa",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "4.0.0",
  summary: "StaticDimensionRecordStorageManager 4.0.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
