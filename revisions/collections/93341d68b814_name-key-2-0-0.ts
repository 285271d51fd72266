import { defineRevision } from "godwit";

export default defineRevision({
  id: "93341d68b814",
  parent: "5e75e5391603",
  manager: "collections",
  branch: "NameKeyCollectionManager",
  version: "2.0.0",
  summary: "Give collections a documentation text",
  placeholder: "This migration is not written yet.",
});
