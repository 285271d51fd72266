import { defineRevision } from "godwit";

export default defineRevision({
  id: "5e75e5391603",
  parent: "e866114194e1",
  manager: "collections",
  branch: "NameKeyCollectionManager",
  version: "1.0.0",
  summary: "NameKeyCollectionManager 1.0.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
