import { defineRevision } from "godwit";

export default defineRevision({
  id: "9888256c6a18",
  parent: "c5ae3a2cd7c2",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "4",
  summary: "Say which joins are populated with the visit",
  placeholder: "This migration is not written yet.",
});
