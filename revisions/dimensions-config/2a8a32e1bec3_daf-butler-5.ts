import { defineRevision } from "godwit";

export default defineRevision({
  id: "2a8a32e1bec3",
  parent: "9888256c6a18",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "5",
  summary: "Allow longer instrument names",
  placeholder: "This migration is not written yet.",
});
