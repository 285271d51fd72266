import { defineRevision } from "godwit";
import { addDocColumn, dropDocColumn } from "../../lib/butler/collection-doc.js";

export default defineRevision({
  id: "8c57494cabcc",
  parent: "97a6aabd8998",
  manager: "collections",
  branch: "SynthIntKeyCollectionManager",
  version: "2.0.0",
  summary: "Give collections a documentation text",
  compatibility: { backward: "none", forward: "none" },
  async up(context) {
    await addDocColumn(context);
  },
  async down(context) {
    await dropDocColumn(context);
  },
});
