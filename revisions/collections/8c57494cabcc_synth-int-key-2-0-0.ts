import { defineRevision } from "godwit";
import { addDocColumn, docConditions, dropDocColumn } from "../../lib/butler/collection-doc.js";
import { unchanged } from "../../lib/butler/invariants.js";
import { sql } from "../../lib/database/sql.js";

export default defineRevision({
  id: "8c57494cabcc",
  parent: "97a6aabd8998",
  manager: "collections",
  branch: "SynthIntKeyCollectionManager",
  version: "2.0.0",
  summary: "Give collections a documentation text",
  compatibility: { backward: "none", forward: "none" },
  invariants: [unchanged("collections", sql`SELECT name, type FROM ${sql.table("collection")}`)],
  async preconditions(context) {
    await docConditions(context);
  },
  async up(context) {
    await addDocColumn(context);
  },
  async down(context) {
    await dropDocColumn(context);
  },
});
