/** Whether the files that records describe are there, with their sizes. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Session } from "../../database/database.js";
import { sql } from "../../database/sql.js";
import type { Row, SqlValue } from "../../database/sql.js";
import type { RowFinding } from "../../repository/verification.js";
import type { ButlerConfig } from "../config/open.js";
import type { Datastore } from "../config/datastores.js";
import type { SchemaPair } from "./verification.js";

const sideBySide = 32;
const shown = 5;
/** How the path of a file inside of an archive ends. */
const archiveMember = /#(zip-path|unzip)=.*$/;
const remote = /^(?!file:)[a-z][a-z0-9+.-]+:\/\//i;

/** Looks at the files of all datastores that are on this machine. */
export async function checkFiles(
  session: Session,
  { found, expected }: SchemaPair,
  config: Pick<ButlerConfig, "root" | "datastores">,
  onTable: (name: string) => void,
): Promise<RowFinding[]> {
  const findings: RowFinding[] = [];
  for (const datastore of config.datastores) {
    const table = found.tables.find(({ name }) => name === datastore.recordTable);
    if (table === undefined || !expected.content.opaque.includes(table.name)) continue;
    const needed = ["dataset_id", "component", "path", "file_size"];
    if (!needed.every((name) => table.columns.some((column) => column.name === name))) continue;
    onTable(`files of ${datastore.name}`);
    findings.push(...(await checkDatastore(session, datastore, config.root)));
  }
  return findings;
}

async function checkDatastore(
  session: Session,
  { name, root: written, recordTable }: Datastore,
  butlerRoot: string,
): Promise<RowFinding[]> {
  const root = written.replaceAll("<butlerRoot>", butlerRoot);
  if (remote.test(root)) return [];
  const folder = root.startsWith("file:") ? fileURLToPath(root) : root;
  if (!existsSync(folder)) {
    const message = `The folder ${folder} of datastore ${name} does not exist.`;
    return [{ code: "missing-datastore", table: recordTable, object: name, message, count: 1, examples: [] }];
  }
  const missing = new Gathered();
  const resized = new Gathered();
  const records = sql`SELECT r.dataset_id AS dataset_id, r.component AS component, r.path AS path, r.file_size AS file_size
    FROM ${sql.table(recordTable)} r
    WHERE EXISTS (SELECT 1 FROM ${sql.table("dataset_location")} l WHERE l.dataset_id = r.dataset_id AND l.datastore_name = ${name})`;
  for await (const batch of session.data().stream(records, { key: ["dataset_id", "component"] })) {
    for (let start = 0; start < batch.length; start += sideBySide) {
      await Promise.all(
        batch.slice(start, start + sideBySide).map((row) => checkFile(row, folder, missing, resized)),
      );
    }
  }
  const report = (code: string, what: string, { count, examples }: Gathered): RowFinding[] =>
    count === 0
      ? []
      : [
          {
            code,
            table: recordTable,
            object: name,
            message: `${count} files of datastore ${name} ${what}.`,
            count,
            examples,
          },
        ];
  return [
    ...report("missing-file", "are not there", missing),
    ...report("file-size", "have another size than recorded", resized),
  ];
}

class Gathered {
  count = 0;
  readonly examples: string[] = [];

  add(example: string): void {
    this.count += 1;
    if (this.examples.length < shown) this.examples.push(example);
  }
}

async function checkFile(row: Row, folder: string, missing: Gathered, resized: Gathered): Promise<void> {
  const recorded = String(row["path"]);
  if (remote.test(recorded)) return;
  const size = await sizeOf(recorded, folder);
  if (size === null) missing.add(recorded);
  else if (isOtherSize(row["file_size"], size) && !archiveMember.test(recorded))
    resized.add(`${recorded}: ${size} bytes, recorded ${row["file_size"]}`);
}

/** A negative size was not known when the file was registered. */
function isOtherSize(recorded: SqlValue | undefined, size: bigint): boolean {
  return typeof recorded === "bigint" && recorded >= 0n && recorded !== size;
}

/** The size in bytes, or null where there is no such file. A path may be quoted as a URI, and name a part of an archive. */
async function sizeOf(recorded: string, folder: string): Promise<bigint | null> {
  for (const candidate of candidates(recorded, folder)) {
    try {
      return (await stat(candidate, { bigint: true })).size;
    } catch {
      // The next one may be meant.
    }
  }
  return null;
}

function candidates(recorded: string, folder: string): string[] {
  if (recorded.startsWith("file:")) return [fileURLToPath(recorded.replace(/#.*$/, ""))];
  const whole = recorded.replace(archiveMember, "");
  const texts = [recorded, whole, decoded(whole)];
  return [...new Set(texts)].map((text) => path.resolve(folder, text));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
