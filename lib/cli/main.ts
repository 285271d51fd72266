#!/usr/bin/env node
import { enableCompileCache } from "./compile-cache.js";

enableCompileCache();
const { runProgram } = await import("./program.js");
process.exitCode = await runProgram(process.argv.slice(2));
