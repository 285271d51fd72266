import { defineRevision } from "godwit";

export default defineRevision({
  id: "3859eac451aa",
  parent: "36d66ca4d7a3",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "3.2.0",
  summary: "StaticDimensionRecordStorageManager 3.2.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
