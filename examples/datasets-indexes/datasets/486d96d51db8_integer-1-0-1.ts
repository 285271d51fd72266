import { defineRevision } from "godwit";
import { addIndexesAndKeys, dropIndexes } from "./shared_indexes_and_keys.js";

export default defineRevision({
  id: "486d96d51db8",
  parent: "635083325f20",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManager",
  version: "1.0.1",
  summary: "Index the members of collections by data id, and mend their foreign keys",
  compatibility: { backward: "full", forward: "full" },
  execution: { live: true, transactional: false },
  up: addIndexesAndKeys,
  down: dropIndexes,
});
