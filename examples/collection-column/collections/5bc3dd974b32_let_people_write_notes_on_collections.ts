import { defineRevision } from "godwit";
import { up, down } from "./shared_let_people_write_notes_on_collections.js";

export default defineRevision({
  id: "5bc3dd974b32",
  parent: "8c57494cabcc",
  manager: "collections",
  branch: "SynthIntKeyCollectionManager",
  version: "2.0.1",
  summary: "Let people write notes on collections",
  compatibility: { backward: "none", forward: "full" },
  up,
  down,
});
