import { defineRevision } from "godwit";
import { addIndexesAndKeys, dropIndexes } from "./shared_indexes_and_keys.js";

export default defineRevision({
  id: "d5a52d23f076",
  parent: "2101fbf51ad3",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManagerUUID",
  version: "1.0.1",
  summary: "Index the members of collections by data id, and mend their foreign keys",
  // Nothing that older code does is disturbed, but a class that knows several versions (since 2024) asserts that it knows this one.
  compatibility: { backward: "full", forward: "none" },
  execution: { live: true, transactional: false },
  up: addIndexesAndKeys,
  down: dropIndexes,
});
