import { defineRevision } from "godwit";

export default defineRevision({
  id: "e866114194e1",
  parent: "3ce2d3adf1f5",
  manager: "collections",
  branch: "NameKeyCollectionManager",
  version: "0.3.0",
  summary: "NameKeyCollectionManager 0.3.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
