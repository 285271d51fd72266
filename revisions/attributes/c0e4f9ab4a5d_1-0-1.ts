import { defineRevision } from "godwit";

export default defineRevision({
  id: "c0e4f9ab4a5d",
  parent: "f22a777cf382",
  manager: "attributes",
  branch: "DefaultButlerAttributeManager",
  version: "1.0.1",
  summary: "Stop recording digests of the schema",
  placeholder: "This migration is not written yet.",
});
