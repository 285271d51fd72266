import { defineRevision } from "godwit";

export default defineRevision({
  id: "97a6aabd8998",
  parent: "b4073b638219",
  manager: "collections",
  branch: "SynthIntKeyCollectionManager",
  version: "1.0.0",
  summary: "SynthIntKeyCollectionManager 1.0.0",
  placeholder:
    "A development version, or the step out of one: no repository of a stable release ever had to take it.",
});
