import { defineRevision } from "godwit";

export default defineRevision({
  id: "36d66ca4d7a3",
  parent: "2dea9d903dde",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "2.2.0",
  summary: "StaticDimensionRecordStorageManager 2.2.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
