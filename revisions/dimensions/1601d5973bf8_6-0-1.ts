import { defineRevision } from "godwit";
import { addOverlapIndexes, dropOverlapIndexes } from "../../lib/butler/overlap-indexes.js";
import { grouped, unchanged } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "1601d5973bf8",
  parent: "87a30df8c8c5",
  manager: "dimensions",
  branch: "StaticDimensionRecordStorageManager",
  version: "6.0.1",
  summary: "Index the overlaps with pixels by pixel",
  compatibility: { backward: "full", forward: "full" },
  invariants: [unchanged("pixels of visits", grouped("visit_skypix_overlap", ["skypix_system"]))],
  async up(context) {
    await addOverlapIndexes(context);
  },
  async down(context) {
    await dropOverlapIndexes(context);
  },
});
