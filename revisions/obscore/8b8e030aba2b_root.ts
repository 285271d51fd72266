import { defineRevision } from "godwit";

export default defineRevision({
  id: "8b8e030aba2b",
  parent: null,
  manager: "obscore",
  summary: "The beginning of the tree obscore",
  labels: ["obscore"],
  async up() {
    // There is nothing yet at the beginning of this tree.
  },
  async down() {
    // There is nothing yet at the beginning of this tree.
  },
});
