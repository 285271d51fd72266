import type { TableOptions } from "../../schema/table.js";
import type { Row } from "../../sql.js";
import type { Catalog } from "./catalog.js";
import { isTrue, listOf, storageOf, textOf, textOrNull } from "./read.js";
import { cannotRepresent } from "./unsupported.js";

/** Names of the options of a table on PostgreSQL; each is a text as it stands in SQL, or true. */
export interface PostgresTableOptions {
  readonly unlogged?: true;
  readonly accessMethod?: string;
  readonly tablespace?: string;
  /** As `WITH (…)` takes it. */
  readonly storage?: string;
  /** `RANGE (ingest_date)` */
  readonly partitionBy?: string;
  /** The table that this one is a partition of, and for which values. */
  readonly partitionOf?: string;
  readonly partitionBound?: string;
  /** Tables that this one inherits from, joined by commas. */
  readonly inherits?: string;
  readonly rowSecurity?: "ENABLE" | "FORCE" | "ENABLE, FORCE";
  readonly replicaIdentity?: string;
  /** Name of the index after which `CLUSTER` orders. */
  readonly clusterOn?: string;
}

/** @throws InputError `unsupported-object` */
export function readOptions(table: string, catalog: Catalog): TableOptions {
  const [row] = catalog.table;
  if (row === undefined) return {};
  refuseUnknown(table, row);
  const options: Record<string, string | true | null> = {
    unlogged: row["persistence"] === "u" ? true : null,
    accessMethod: row["accessMethod"] === "heap" ? null : textOrNull(row, "accessMethod"),
    tablespace: textOrNull(row, "tablespace"),
    storage: joined([storageOf(row, "storage"), storageOf(row, "toastStorage", "toast.")]),
    partitionBy: textOrNull(row, "partitionBy"),
    ...ancestry(row),
    rowSecurity: joined([
      isTrue(row, "rowSecurity") ? "ENABLE" : null,
      isTrue(row, "forceRowSecurity") ? "FORCE" : null,
    ]),
    replicaIdentity: replicaIdentity(row, catalog),
    clusterOn: indexWith(catalog, "clustered"),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
}

function joined(texts: readonly (string | null)[]): string | null {
  const present = texts.filter((text) => text !== null);
  return present.length === 0 ? null : present.join(", ");
}

function ancestry(row: Row): Record<string, string | null> {
  const parents = joined(listOf(row, "parents"));
  if (!isTrue(row, "partition")) return { inherits: parents };
  return { partitionOf: parents, partitionBound: textOf(row, "bound") };
}

function replicaIdentity(row: Row, catalog: Catalog): string | null {
  if (row["identity"] === "f") return "FULL";
  if (row["identity"] === "n") return "NOTHING";
  return row["identity"] === "i" ? indexWith(catalog, "replicaIdentity") : null;
}

/** The index for which a flag is set; the indexes of constraints have their names. */
function indexWith(catalog: Catalog, flag: string): string | null {
  const found = [...catalog.indexes, ...catalog.constraints].find((row) => row[flag] === true);
  return found === undefined ? null : textOf(found, "name");
}

function refuseUnknown(table: string, row: Row): void {
  if (isTrue(row, "typed"))
    throw cannotRepresent(table, "the columns of a composite type (CREATE TABLE … OF)");
  if (isTrue(row, "detaching")) {
    throw cannotRepresent(
      table,
      "a partition whose detaching was interrupted",
      "Finish it with ALTER TABLE … DETACH PARTITION … FINALIZE.",
    );
  }
  if (row["persistence"] === "t") throw cannotRepresent(table, "only the life of a session: it is temporary");
}
