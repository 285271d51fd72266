/**
 * Lets many processes upgrade one repository at the same time, round after round, and requires that each step is applied by exactly
 * one of them: `npm run many-runners -- --processes 64 --rounds 50`.
 */
import { requireOneRunnerPerStep } from "../test/run/one-runner.js";
import { runEnds, testBegins, testEnds } from "../test/support/cleanup.js";
import { Runners } from "../test/support/many-runners.js";
import { countFrom, readArguments, refuse } from "./arguments.js";

const usage = `npm run many-runners -- [options]

  --processes N   how many upgrade at the same time (default 64)
  --rounds N      how often (default 50)
  --database D    sqlite, postgres, or both with a comma between (default both)`;

const { values } = readArguments(usage, {
  options: {
    processes: { type: "string", default: "64" },
    rounds: { type: "string", default: "50" },
    database: { type: "string", default: "sqlite,postgres" },
  },
});

const processes = countFrom(usage, "--processes", values.processes);
const rounds = countFrom(usage, "--rounds", values.rounds);
const dialects = ["sqlite", "postgres"] as const;
const asked = values.database.split(",");
const unknown = asked.find((name) => !dialects.some((dialect) => dialect === name));
if (unknown !== undefined) refuse(usage, `"${unknown}" is no database.`);
for (const dialect of dialects.filter((name) => asked.includes(name))) {
  const runners = await Runners.start(processes);
  const began = performance.now();
  for (let round = 1; round <= rounds; round += 1) {
    testBegins();
    const start = performance.now();
    const steps = await requireOneRunnerPerStep(runners, dialect, round);
    console.log(`${dialect}, round ${round}: ${steps} steps, ${Math.round(performance.now() - start)} ms`);
    await testEnds();
  }
  await runners.end();
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(
    `${dialect}: ${processes} processes, ${rounds} rounds, ${seconds} s; each step was applied once, all ended with 0`,
  );
}
await runEnds();
