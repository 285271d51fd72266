import { defineRevision } from "godwit";

export default defineRevision({
  id: "c5ae3a2cd7c2",
  parent: "bf6308af80aa",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "3",
  summary: "Allow longer observation reasons",
  placeholder: "This migration is not written yet.",
});
