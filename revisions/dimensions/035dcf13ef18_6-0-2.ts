import { defineRevision } from "godwit";

export default defineRevision({
  id: "035dcf13ef18",
  parent: "1601d5973bf8",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "6.0.2",
  summary: "Demand a value for every implied dimension",
  placeholder: "This migration is not written yet.",
});
