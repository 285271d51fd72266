import { defineRevision } from "godwit";
import { up, down } from "./shared_let_people_write_notes_on_collections.js";

export default defineRevision({
  id: "87fe9b182b7f",
  parent: "93341d68b814",
  manager: "collections",
  branch: "NameKeyCollectionManager",
  version: "2.0.1",
  summary: "Let people write notes on collections",
  compatibility: { backward: "none", forward: "full" },
  up,
  down,
});
