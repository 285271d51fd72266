import { defineRevision } from "godwit";

export default defineRevision({
  id: "8c57494cabcc",
  parent: "97a6aabd8998",
  manager: "collections",
  branch: "SynthIntKeyCollectionManager",
  version: "2.0.0",
  summary: "Give collections a documentation text",
  placeholder: "This migration is not written yet.",
});
