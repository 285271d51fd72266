import { defineRevision } from "godwit";

export default defineRevision({
  id: "352c30854bb0",
  parent: "1fae088c80b6",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "7",
  summary: "Say of each exposure whether it can see the sky",
  placeholder: "This migration is not written yet.",
});
