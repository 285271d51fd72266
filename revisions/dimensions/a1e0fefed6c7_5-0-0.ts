import { defineRevision } from "godwit";

export default defineRevision({
  id: "a1e0fefed6c7",
  parent: "e45766f0daea",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "5.0.0",
  summary: "StaticDimensionRecordStorageManager 5.0.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
