import { defineRevision } from "godwit";

export default defineRevision({
  id: "6e7967ca2f9c",
  parent: null,
  manager: "datastores",
  summary: "The beginning of the tree datastores",
  labels: ["datastores"],
  placeholder: "The beginning of the tree: no repository is kept at it.",
});
