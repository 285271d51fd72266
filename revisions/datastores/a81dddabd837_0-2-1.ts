import { defineRevision } from "godwit";

export default defineRevision({
  id: "a81dddabd837",
  parent: "a07b3b60e369",
  manager: "datastores",
  branch: "MonolithicDatastoreRegistryBridgeManager",
  version: "0.2.1",
  summary: "Lead the primary key of the trash with the dataset",
  placeholder: "This migration is not written yet.",
});
