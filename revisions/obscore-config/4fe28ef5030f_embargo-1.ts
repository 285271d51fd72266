import { defineRevision } from "godwit";
import { configureObscore, removeObscore } from "../../lib/butler/obscore.js";

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
  async up(context) {
    const file = String(context.option("obscore_config"));
    await configureObscore(context, file, { namespace: "embargo", version: 1 });
  },
  async down(context) {
    await removeObscore(context);
  },
});
