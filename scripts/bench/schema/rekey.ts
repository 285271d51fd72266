/** Gives the datasets of the bench UUIDs, and prints seconds and the most memory that the process had, as JSON: `node rekey.js URL JOBS`. */
import { openRepository } from "../../../lib/repository/open.js";
import { plainConventions } from "../../../lib/database/schema/plain-conventions.js";
import { type } from "../../../lib/database/schema/types.js";
import { sql } from "../../../lib/database/sql.js";

const [, , url = "", jobs = "1"] = process.argv;
const { database } = await openRepository(url);
const start = performance.now();
await database.transaction({ mode: "write", jobs: Number(jobs) }, (session) =>
  session.schema(plainConventions).rekey("dataset", "id", {
    type: type.uuid(),
    values: sql`SELECT id AS old, gen_random_uuid() AS new FROM dataset`,
    alsoIn: [{ table: "records", column: "dataset_id" }],
  }),
);
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
await database.close();
