import { defineRevision } from "godwit";

export default defineRevision({
  id: "3ce2d3adf1f5",
  parent: "a56af31bd899",
  manager: "collections",
  branch: "NameKeyCollectionManager",
  version: "0.2.0",
  summary: "NameKeyCollectionManager 0.2.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
