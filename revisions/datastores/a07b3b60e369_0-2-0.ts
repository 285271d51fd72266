import { defineRevision } from "godwit";

export default defineRevision({
  id: "a07b3b60e369",
  parent: "bb8b5df7ff80",
  manager: "datastores",
  branch: "MonolithicDatastoreRegistryBridgeManager",
  version: "0.2.0",
  summary: "MonolithicDatastoreRegistryBridgeManager 0.2.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
