// `npm run` starts programs in the folder of package.json, but relative paths mean the folder of the caller.
import process from "node:process";

process.chdir(process.env["INIT_CWD"] ?? ".");
await import("../dist/lib/cli/main.js");
