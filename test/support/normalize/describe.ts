import path from "node:path";
import type { Fixture } from "../fixtures.js";
import type { Description } from "./description.js";
import { describePostgres } from "./postgres.js";
import { describeSqlite } from "./sqlite.js";

/** Describes the database of a copied fixture as it is now. */
export function describeFixture(fixture: Fixture): Promise<Description> {
  if (fixture.dialect === "sqlite") return describeSqlite(path.join(fixture.folder, "gen3.sqlite3"));
  return describePostgres(fixture.databaseUrl, fixture.namespace ?? "public");
}
