import { defineRevision } from "godwit";

export default defineRevision({
  id: "3e2891b82110",
  parent: null,
  manager: "dimensions-config",
  summary: "The beginning of the tree dimensions-config",
  labels: ["dimensions-config"],
  placeholder: "The beginning of the tree: no repository is kept at it.",
});
