/** Upgrades a repository, and prints seconds and the most memory that the process had, as JSON: `node upgrade.js FOLDER TARGET`. */
import { upgrade } from "../../../lib/index.js";

const [folder = "", target = ""] = process.argv.slice(2);
const start = performance.now();
await upgrade(folder, target, { namespace: "daf_butler" });
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
