import { defineRevision } from "godwit";
import { Attributes, classAttribute } from "../../lib/butler/attributes.js";
import { RefusedError } from "../../lib/errors.js";
import { otherAttributes } from "../../lib/butler/invariants.js";

export default defineRevision({
  id: "a0d766f99876",
  parent: "8b8e030aba2b",
  manager: "obscore",
  branch: "ObsCoreLiveTableManager",
  version: "0.0.1",
  summary: "Keep a live ObsCore table",
  labels: ["obscore-ObsCoreLiveTableManager"],
  compatibility: { backward: "full", forward: "full" },
  invariants: [otherAttributes("%obscore%")],
  // The runner records the class and its version; the table comes with the configuration.
  async up(context) {
    const stored = await new Attributes(context).get(classAttribute("obscore"));
    if (stored === undefined) return;
    throw new RefusedError("manager-exists", `The repository has an ObsCore manager already: ${stored}.`, {
      hint: "Record it with `godwit stamp obscore`.",
    });
  },
  async down(context) {
    const stored = await new Attributes(context).get(classAttribute("obscore"));
    if (stored !== undefined) return;
    throw new RefusedError("no-manager", "The repository has no ObsCore manager that could be removed.");
  },
});
