import { defineRevision } from "godwit";

export default defineRevision({
  id: "1601d5973bf8",
  parent: "87a30df8c8c5",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "6.0.1",
  summary: "Index the overlaps with pixels by pixel",
  placeholder: "This migration is not written yet.",
});
