import { defineRevision } from "godwit";

export default defineRevision({
  id: "87a30df8c8c5",
  parent: "a1e0fefed6c7",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "6.0.0",
  summary: "StaticDimensionRecordStorageManager 6.0.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
