import { defineRevision } from "godwit";

export default defineRevision({
  id: "c2c46f409743",
  parent: null,
  manager: "opaque",
  summary: "The beginning of the tree opaque",
  labels: ["opaque"],
  placeholder: "The beginning of the tree: no repository is kept at it.",
});
