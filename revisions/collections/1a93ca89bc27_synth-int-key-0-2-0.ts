import { defineRevision } from "godwit";

export default defineRevision({
  id: "1a93ca89bc27",
  parent: "079a1bc77f25",
  manager: "collections",
  branch: "SynthIntKeyCollectionManager",
  version: "0.2.0",
  summary: "SynthIntKeyCollectionManager 0.2.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
