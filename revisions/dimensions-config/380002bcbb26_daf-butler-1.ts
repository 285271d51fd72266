import { defineRevision } from "godwit";

export default defineRevision({
  id: "380002bcbb26",
  parent: "f3bcee34f344",
  manager: "dimensions-config",
  branch: "daf_butler",
  version: "1",
  summary: "Name the namespace of the dimensions, and add HEALPix",
  placeholder: "This migration is not written yet.",
});
