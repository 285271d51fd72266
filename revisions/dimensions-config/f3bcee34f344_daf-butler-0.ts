import { defineRevision } from "godwit";

export default defineRevision({
  id: "f3bcee34f344",
  parent: "3e2891b82110",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "0",
  summary: "daf_butler 0",
  labels: ["dimensions-config-daf_butler"],
  placeholder: "A first version: no repository was ever without it.",
});
