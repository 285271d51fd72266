/** A process of its own that runs a command and stays at a pause point: `paused-run.js REPOSITORY WHAT POINT [JOBS]`, WHAT being a target of `upgrade`, or a command. */
import { rewriteSqliteRegistry, updateDayObs, upgrade } from "../../lib/index.js";
import type { RunOptions } from "../../lib/index.js";

const [, , repository = "", what = "", wanted = "", jobs = "1"] = process.argv;

const options: RunOptions = {
  jobs: Number(jobs),
  onPause: async (point) => {
    if (point !== wanted) return;
    process.stdout.write("paused\n");
    // Only a signal ends this.
    await new Promise(() => setInterval(() => undefined, 1000));
  },
};

if (what === "rewrite-sqlite-registry") await rewriteSqliteRegistry(repository, options);
else if (what.startsWith("update-day-obs ")) await updateDayObs(repository, what.slice(15), options);
else await upgrade(repository, what, options);
