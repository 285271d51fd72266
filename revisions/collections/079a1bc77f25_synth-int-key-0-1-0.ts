import { defineRevision } from "godwit";

export default defineRevision({
  id: "079a1bc77f25",
  parent: "8d2e9de2f21f",
  manager: "collections",
  branch: "SynthIntKeyCollectionManager",
  version: "0.1.0",
  summary: "SynthIntKeyCollectionManager 0.1.0",
  labels: ["collections-SynthIntKeyCollectionManager"],
  placeholder: "A first version: no repository was ever without it.",
});
