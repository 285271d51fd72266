import { defineRevision } from "godwit";
import { grouped, unchanged } from "../../lib/butler/invariants.js";
export default defineRevision({
  id: "a81dddabd837",
  parent: "a07b3b60e369",
  manager: "datastores",
  branch: "MonolithicDatastoreRegistryBridgeManager",
  version: "0.2.1",
  summary: "Lead the primary key of the trash with the dataset",
  compatibility: { backward: "full", forward: "full" },
  invariants: [
    unchanged("the rows of the trash by datastore", grouped("dataset_location_trash", ["datastore_name"])),
  ],
  async up(context) {
    await context.schema.alter("dataset_location_trash", (table) => {
      table.setPrimaryKey(["dataset_id", "datastore_name"]);
    });
  },
  async down(context) {
    await context.schema.alter("dataset_location_trash", (table) => {
      table.setPrimaryKey(["datastore_name", "dataset_id"]);
    });
  },
});
