import { defineRevision } from "godwit";

export default defineRevision({
  id: "a56af31bd899",
  parent: "8d2e9de2f21f",
  manager: "collections",
  branch: "NameKeyCollectionManager",
  version: "0.1.0",
  summary: "NameKeyCollectionManager 0.1.0",
  labels: ["collections-NameKeyCollectionManager"],
  placeholder: "A first version: no repository was ever without it.",
});
