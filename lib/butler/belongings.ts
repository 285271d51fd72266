/** What belongs to a Butler repository besides its database, when it is copied: its configuration and the files of its datastores. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { Session } from "../database/database.js";
import type { DatabaseAddress } from "../database/open.js";
import { sql } from "../database/sql.js";
import { InputError } from "../errors.js";
import type { Belongings, CopyPlace, CopiedConfiguration, RecordedFile } from "../repository/repository.js";
import type { Datastore } from "./config/datastores.js";
import type { ButlerConfig } from "./config/open.js";
import { withValues } from "./config/relocate.js";
import type { ConfigValue } from "./config/relocate.js";
import { textAt } from "./config/tree.js";
import { parseYaml } from "./config/yaml.js";
import { butlerConventions } from "./conventions.js";

const butlerRoot = "<butlerRoot>";

/** Describes what a copy takes along. */
export function belongingsOf(config: ButlerConfig): Belongings {
  return {
    folder: config.root,
    databaseFile: config.database.dialect === "sqlite" ? databaseFileOf(config, config.database.path) : null,
    sharedPlaces: config.datastores.filter((one) => !movesAlong(one)).map(({ root }) => root),
    files: (session) => filesOf(config, session),
    configuration: (copy) => configurationOf(config, copy),
  };
}

/** Where the database's file lies below the root; a file that lies elsewhere comes into the copy's root. */
function databaseFileOf({ root }: ButlerConfig, file: string): string {
  const relative = path.relative(root, file);
  return /^\.\.(\/|$)/.test(relative) ? path.basename(file) : relative;
}

/** A datastore with a place of its own stays there, and is shared by both repositories. */
function movesAlong({ root }: Datastore): boolean {
  return root === butlerRoot || root.startsWith(`${butlerRoot}/`);
}

async function* filesOf(config: ButlerConfig, session: Session): AsyncIterable<readonly RecordedFile[]> {
  for (const datastore of config.datastores) {
    if (!(await session.schema(butlerConventions).hasTable(datastore.recordTable))) continue;
    const rows = sql`SELECT dataset_id, component, path, file_size FROM ${sql.table(datastore.recordTable)}`;
    for await (const batch of session.data().stream(rows, { key: ["dataset_id", "component"] })) {
      yield batch.map((row) => {
        const size = row["file_size"];
        return fileOf(config, datastore, String(row["path"]), typeof size === "bigint" ? size : null);
      });
    }
  }
}

function fileOf(
  config: ButlerConfig,
  datastore: Datastore,
  recorded: string,
  size: bigint | null,
): RecordedFile {
  if (!movesAlong(datastore) || path.isAbsolute(recorded) || /^[a-z][a-z0-9+.-]+:\/\//i.test(recorded)) {
    return { recorded, place: null, size };
  }
  const below = datastore.root.slice(butlerRoot.length).replace(/^\/+/, "");
  // What follows a # says where in the file the dataset is.
  const candidates = [recorded, recorded.replace(/#.*$/s, "")].map((one) => path.join(below, one));
  const place = candidates.find((one) => isFile(path.join(config.root, one))) ?? candidates[0] ?? recorded;
  if (/^\.\.(\/|$)/.test(path.normalize(place))) {
    throw new InputError(
      "path-outside",
      `The recorded file ${JSON.stringify(recorded)} lies outside of the repository.`,
      {
        hint: `It is a path in table "${datastore.recordTable}". Nothing outside of the repository's folder is copied.`,
      },
    );
  }
  return { recorded, place, size };
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** `butler.yaml` as the copy has it: with the database of the copy. */
function configurationOf(config: ButlerConfig, copy: CopyPlace): CopiedConfiguration {
  const text = readFileSync(config.file, "utf8");
  const own: unknown = parseYaml(text, config.file).toJS({ maxAliasCount: 100 });
  const root: ConfigValue[] =
    textAt(own, "root") === undefined ? [] : [{ keys: ["root"], value: copy.folder }];
  const values = [...root, ...databaseValues(config, textAt(own, "registry", "db"), copy)];
  return {
    name: "butler.yaml",
    text: withValues(text, values, config.file),
    mode: statSync(config.file).mode & 0o777,
  };
}

function databaseValues(config: ButlerConfig, written: string | undefined, copy: CopyPlace): ConfigValue[] {
  if (copy.database.dialect === "sqlite") {
    const value = `sqlite:///${butlerRoot}/${copy.databaseFile ?? ""}`;
    return written === value ? [] : [{ keys: ["registry", "db"], value }];
  }
  const values = [{ keys: ["registry", "db"], value: urlOf(written ?? "", copy.database) }];
  const isNamed = config.database.dialect === "postgres" && typeof config.database.namespace === "string";
  const { namespace } = copy.database;
  if (!isNamed && namespace === "public") return values;
  return [...values, { keys: ["registry", "namespace"], value: namespace ?? "public" }];
}

/**
 * Who is named for the copy's database stands in the file, else who stands there for the original. A password stands there only
 * where the original's file has one too.
 */
function urlOf(written: string, address: DatabaseAddress & { readonly dialect: "postgres" }): string {
  const before = accountIn(written);
  const given = accountIn(address.url);
  const account = given === "" ? before : before.includes(":") ? given : given.replace(/:.*(?=@$)/s, "");
  return address.url.replace(
    /^(\w+(?:\+\w+)?:\/\/)(?:[^/?@]*@)?/,
    (_all, scheme: string) => `${scheme}${account}`,
  );
}

/** `user:password@`, or nothing. */
function accountIn(url: string): string {
  return /^\w+(?:\+\w+)?:\/\/([^/?@]*@+)/s.exec(url)?.[1] ?? "";
}
