import { defineRevision } from "godwit";

export default defineRevision({
  id: "8d2e9de2f21f",
  parent: null,
  manager: "collections",
  summary: "The beginning of the tree collections",
  labels: ["collections"],
  placeholder: "The beginning of the tree: no repository is kept at it.",
});
