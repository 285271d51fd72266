/** Writes `docs/revisions.md`: `npm run docs:revisions`. */
import { writeFile } from "node:fs/promises";
import { runEnds, testEnds } from "../test/support/cleanup.js";
import { revisionsPage, revisionsText } from "./revisions-page.js";

await writeFile(revisionsPage, await revisionsText());
await testEnds();
await runEnds();
