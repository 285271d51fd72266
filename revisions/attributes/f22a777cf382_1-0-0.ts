import { defineRevision } from "godwit";

export default defineRevision({
  id: "f22a777cf382",
  parent: "f0a3531f97ca",
  manager: "attributes",
  branch: "DefaultButlerAttributeManager",
  version: "1.0.0",
  summary: "DefaultButlerAttributeManager 1.0.0",
  labels: ["attributes-DefaultButlerAttributeManager"],
  placeholder: "A first version: no repository was ever without it.",
});
