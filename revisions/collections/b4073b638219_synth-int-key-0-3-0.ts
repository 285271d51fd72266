import { defineRevision } from "godwit";

export default defineRevision({
  id: "b4073b638219",
  parent: "1a93ca89bc27",
  manager: "collections",
  branch: "SynthIntKeyCollectionManager",
  version: "0.3.0",
  summary: "SynthIntKeyCollectionManager 0.3.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
