import { defineRevision } from "godwit";
import { configureObscore, obscoreConditions, removeObscore } from "../../lib/butler/obscore.js";
import { otherAttributes } from "../../lib/butler/invariants.js";

const expected = { namespace: "embargo", version: 1 };

export default defineRevision({
  id: "4fe28ef5030f",
  parent: "2daeabfb5019",
  manager: "obscore-config",
  branch: "embargo",
  version: "1",
  summary: "Configure and create the ObsCore table",
  labels: ["obscore-config-embargo"],
  dependsOn: ["a0d766f99876"],
  compatibility: { backward: "full", forward: "full" },
  options: {
    obscore_config: {
      type: "path",
      description: "YAML file with the ObsCore configuration, namespace embargo, version 1",
      required: true,
    },
  },
  invariants: [otherAttributes("config:obscore.json")],
  async preconditions(context) {
    const file = context.option("obscore_config");
    // Without the option the plan is refused anyway.
    if (file === undefined && context.direction === "up") return;
    await obscoreConditions(context, String(file), expected);
  },
  async up(context) {
    await configureObscore(context, String(context.option("obscore_config")), expected);
  },
  async down(context) {
    await removeObscore(context);
  },
});
