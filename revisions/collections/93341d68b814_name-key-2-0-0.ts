import { defineRevision } from "godwit";
import { addDocColumn, docConditions, dropDocColumn } from "../../lib/butler/collection-doc.js";
import { unchanged } from "../../lib/butler/invariants.js";
import { sql } from "../../lib/database/sql.js";

export default defineRevision({
  id: "93341d68b814",
  parent: "5e75e5391603",
  manager: "collections",
  branch: "NameKeyCollectionManager",
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
