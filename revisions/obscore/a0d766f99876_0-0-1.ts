import { defineRevision } from "godwit";

export default defineRevision({
  id: "a0d766f99876",
  parent: "8b8e030aba2b",
  manager: "obscore",
  branch: "ObsCoreLiveTableManager",
  version: "0.0.1",
  summary: "Keep a live ObsCore table",
  labels: ["obscore-ObsCoreLiveTableManager"],
  placeholder: "This migration is not written yet.",
});
