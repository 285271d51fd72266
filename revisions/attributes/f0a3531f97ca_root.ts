import { defineRevision } from "godwit";

export default defineRevision({
  id: "f0a3531f97ca",
  parent: null,
  manager: "attributes",
  summary: "The beginning of the tree attributes",
  labels: ["attributes"],
  placeholder: "The beginning of the tree: no repository is kept at it.",
});
