import { defineRevision } from "godwit";

export default defineRevision({
  id: "77e5b803ad3f",
  parent: "61f6b63d296d",
  manager: "opaque",
  branch: "ByNameOpaqueTableStorageManager",
  version: "0.2.0",
  summary: "ByNameOpaqueTableStorageManager 0.2.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
