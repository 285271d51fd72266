import { defineRevision } from "godwit";

export default defineRevision({
  id: "aa7a2f893cba",
  parent: "352c30854bb0",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "8",
  summary: "Add dimensions of solar system processing",
  placeholder: "This migration is not written yet.",
});
