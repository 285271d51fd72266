import { defineRevision } from "godwit";

export default defineRevision({
  id: "bb8b5df7ff80",
  parent: "6e7967ca2f9c",
  manager: "datastores",
  branch: "MonolithicDatastoreRegistryBridgeManager",
  version: "0.1.0",
  summary: "MonolithicDatastoreRegistryBridgeManager 0.1.0",
  labels: ["datastores-MonolithicDatastoreRegistryBridgeManager"],
  placeholder: "A first version: no repository was ever without it.",
});
