import { defineRevision } from "godwit";

export default defineRevision({
  id: "6166dfbb5324",
  parent: null,
  manager: "dimensions",
  summary: "The beginning of the tree dimensions",
  labels: ["dimensions"],
  placeholder: "The beginning of the tree: no repository is kept at it.",
});
