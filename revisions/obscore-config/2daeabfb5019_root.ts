import { defineRevision } from "godwit";

export default defineRevision({
  id: "2daeabfb5019",
  parent: null,
  manager: "obscore-config",
  summary: "The beginning of the tree obscore-config",
  labels: ["obscore-config"],
  async up() {
    // There is nothing yet at the beginning of this tree.
  },
  async down() {
    // There is nothing yet at the beginning of this tree.
  },
});
