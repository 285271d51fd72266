import { defineRevision } from "godwit";

export default defineRevision({
  id: "2dea9d903dde",
  parent: "4f4f243fea82",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "1.2.0",
  summary: "StaticDimensionRecordStorageManager 1.2.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
