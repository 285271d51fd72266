import { defineRevision } from "godwit";

export default defineRevision({
  id: "c2671338a42f",
  parent: "6166dfbb5324",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "0.1.0",
  summary: "StaticDimensionRecordStorageManager 0.1.0",
  labels: ["dimensions-StaticDimensionRecordStorageManager"],
  placeholder: "A first version: no repository was ever without it.",
});
