import { defineRevision } from "godwit";

export default defineRevision({
  id: "bf6308af80aa",
  parent: "380002bcbb26",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "2",
  summary: "Let a visit belong to several visit systems",
  placeholder: "This migration is not written yet.",
});
