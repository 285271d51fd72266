import { defineRevision } from "godwit";

export default defineRevision({
  id: "61f6b63d296d",
  parent: "c2c46f409743",
  manager: "opaque",
  branch: "ByNameOpaqueTableStorageManager",
  version: "0.1.0",
  summary: "ByNameOpaqueTableStorageManager 0.1.0",
  labels: ["opaque-ByNameOpaqueTableStorageManager"],
  placeholder: "A first version: no repository was ever without it.",
});
