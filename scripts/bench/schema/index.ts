/**
 * Times changes of tables against what a skilled hand, or a less skilled one, would write for them, in one run:
 * `npm run -s bench:schema -- [ROWS]` (default 1000000). Prints each ratio with what it may be at most.
 */
import { runEnds } from "../../../test/support/cleanup.js";
import { benchPostgres } from "./postgres.js";
import { benchSqlite } from "./sqlite.js";

const rows = BigInt(process.argv[2] ?? "1000000");
console.log(`${rows} rows`);
await benchSqlite(rows);
await benchPostgres(rows);
await runEnds();
