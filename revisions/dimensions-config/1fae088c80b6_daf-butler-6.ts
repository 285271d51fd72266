import { defineRevision } from "godwit";

export default defineRevision({
  id: "1fae088c80b6",
  parent: "2a8a32e1bec3",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "6",
  summary: "Make the group and the observing day dimensions",
  placeholder: "This migration is not written yet.",
});
