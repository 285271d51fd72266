import { defineRevision } from "godwit";

export default defineRevision({
  id: "4f4f243fea82",
  parent: "c2671338a42f",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "0.2.0",
  summary: "StaticDimensionRecordStorageManager 0.2.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
