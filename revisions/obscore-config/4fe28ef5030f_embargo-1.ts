import { defineRevision } from "godwit";

export default defineRevision({
  id: "4fe28ef5030f",
  parent: "2daeabfb5019",
  manager: "obscore-config",
  branch: "embargo",
  version: "1",
  summary: "Configure and create the ObsCore table",
  labels: ["obscore-config-embargo"],
  placeholder: "This migration is not written yet.",
});
