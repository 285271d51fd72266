#!/usr/bin/env node
import { enableCompileCache } from "./compile-cache.js";

enableCompileCache();
/** What Node ends with where nothing is left that could end what is waited for. */
const unsettled = 13;
process.on("exit", (code) => {
  if (code !== unsettled && process.exitCode !== unsettled) return;
  process.exitCode = 1;
  process.stderr.write(
    "error: The code of a revision, provider or hook waits for something that never comes.\nhint: The step was not recorded; `godwit current` shows where the repository is.\n",
  );
});
const { runProgram } = await import("./program.js");
process.exitCode = await runProgram(process.argv.slice(2));
// Code from elsewhere (a provider, a hook) may leave timers and connections behind, which would keep the process alive.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
