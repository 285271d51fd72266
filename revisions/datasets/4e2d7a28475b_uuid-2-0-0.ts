import { defineRevision } from "godwit";
import { requireTimestamps } from "../../lib/butler/ingest-dates.js";
import { taiFromUtc, utcFromTai } from "../../lib/butler/tai.js";
import { sql } from "../../lib/database/sql.js";
import { type } from "../../lib/database/schema/types.js";

export default defineRevision({
  id: "4e2d7a28475b",
  parent: "2101fbf51ad3",
  manager: "datasets",
  branch: "ByDimensionsDatasetRecordStorageManagerUUID",
  version: "2.0.0",
  summary: "Store ingest_date as TAI nanoseconds",
  compatibility: { backward: "full", forward: "none" },
  async up(context) {
    await requireTimestamps(context);
    await context.schema.alter("dataset", (table) => {
      table.changeColumn("ingest_date", {
        type: type.bigint(),
        default: null,
        using: taiFromUtc(context.dialect, "ingest_date"),
      });
    });
  },
  async down(context) {
    await context.schema.alter("dataset", (table) => {
      table.changeColumn("ingest_date", {
        type: type.timestamp(),
        default: context.dialect === "sqlite" ? sql.raw("(CURRENT_TIMESTAMP)") : sql.raw("now()"),
        using: utcFromTai(context.dialect, "ingest_date"),
      });
    });
  },
});
