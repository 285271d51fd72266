import { defineRevision } from "godwit";
import { addIndexesAndKeys, dropIndexes } from "./shared_indexes_and_keys.js";

export default defineRevision({
  id: "febd16fb827f",
  parent: "4e2d7a28475b",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManagerUUID",
  version: "2.0.1",
  summary: "Index the members of collections by data id, and mend their foreign keys",
  // Nothing that older code does is disturbed, but a class that knows several versions (since 2024) asserts that it knows this one.
  compatibility: { backward: "full", forward: "none" },
  execution: { live: true, transactional: false },
  up: addIndexesAndKeys,
  down: dropIndexes,
});
