import { defineRevision } from "godwit";

export default defineRevision({
  id: "059cc7b7ef13",
  parent: null,
  manager: "datasets",
  summary: "The beginning of the tree datasets",
  labels: ["datasets"],
  placeholder: "The beginning of the tree: no repository is kept at it.",
});
