/** A process of its own that runs `upgrade` and stays at a pause point: `paused-run.js REPOSITORY TARGET POINT`. */
import { upgrade } from "../../lib/index.js";

const [, , repository = "", target = "", wanted = ""] = process.argv;

await upgrade(repository, target, {
  onPause: async (point) => {
    if (point !== wanted) return;
    process.stdout.write("paused\n");
    // Only a signal ends this.
    await new Promise(() => setInterval(() => undefined, 1000));
  },
});
