#!/usr/bin/env node
import { enableCompileCache } from "./compile-cache.js";

enableCompileCache();
const { runProgram } = await import("./program.js");
process.exitCode = await runProgram(process.argv.slice(2));
// Code from elsewhere (a provider, a hook) may leave timers and connections behind, which would keep the process alive.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
