import type { Environment } from "../environment.js";
import { createHash } from "node:crypto";
import type { Database, Session } from "../database/database.js";
import { InputError } from "../errors.js";
import type { DatabaseAddress } from "../database/open.js";
import type {
  Belongings,
  DimensionNames,
  NewVersion,
  OutsideEdit,
  RecordedManager,
  Repository,
  RepositoryFormat,
  TableFamily,
} from "../repository/repository.js";
import type { Defaults } from "../repository/repository.js";
import type { FurtherVersions, Verification } from "../repository/verification.js";
import { belongingsOf } from "./belongings.js";
import { attributesTable, classAttribute, dimensionsAttribute, readAttributes } from "./attributes.js";
import type { ButlerConfig } from "./config/open.js";
import { openConfig } from "./config/open.js";
import type { ManagerEdit } from "./config/edit.js";
import { foreseeEdit, isWritable, makeEdits, neededEdits } from "./config/write.js";
import type { ReadScope } from "./config/yaml.js";
import { storedClassPath } from "./classes.js";
import { butlerConventions } from "./conventions.js";
import { lineOfDefaults, nameOfDefaults } from "./defaults.js";
import { butlerFamilies } from "./families.js";
import { isManager, managersIn, parseAttribute, recordManagerVersion } from "./managers.js";
import { canonicalText, isJsonObject, withoutDoc } from "./universe/json.js";

/** Butler's own version of the layout as a whole; there was never another one. */
const schemaVersion = "1";

/** A Butler repository: `butler.yaml`, the registry's database, and datastores. */
export class ButlerRepository implements Repository {
  readonly kind = "butler";
  readonly conventions = butlerConventions;
  readonly unrecordedTrees = "left-alone";
  readonly address: DatabaseAddress;
  readonly belongings: Belongings;
  /** Of the dimension configuration, when it was read last. */
  #namespaceBefore: string | undefined;

  constructor(
    readonly uri: string,
    readonly config: ButlerConfig,
    readonly database: Database,
    private readonly scope: ReadScope,
    private readonly namespace: string | undefined,
  ) {
    this.address = config.database;
    this.belongings = belongingsOf(config);
  }

  requireWritable(): void {
    // The configuration is known, so database and file can be changed together.
  }

  async recordedManagers(session: Session): Promise<RecordedManager[]> {
    return this.#managersIn(await readAttributes(session));
  }

  #managersIn(attributes: ReadonlyMap<string, string>): RecordedManager[] {
    const managers = managersIn(attributes, this.namespace, this.#namespaceBefore);
    this.#namespaceBefore = managers.find(({ manager }) => manager === "dimensions-config")?.branch;
    return managers;
  }

  recordVersion(session: Session, version: NewVersion): Promise<void> {
    return recordManagerVersion(session, version);
  }

  records(manager: string): boolean {
    return isManager(manager);
  }

  tableFamilies(session: Session): Promise<TableFamily[]> {
    return butlerFamilies(session);
  }

  async dimensionNames(session: Session): Promise<DimensionNames | null> {
    const text = (await readAttributes(session)).get(dimensionsAttribute);
    if (text === undefined) return null;
    const universe = parseAttribute(dimensionsAttribute, text);
    if (!isJsonObject(universe)) return null;
    const { UniverseModel } = await import("./expected/universe-model.js");
    return new UniverseModel(universe).names;
  }

  async format(session: Session): Promise<RepositoryFormat> {
    const attributes = await readAttributes(session);
    const managers = this.#managersIn(attributes).map(({ manager, branch, version }) => ({
      manager,
      class: branch,
      version,
    }));
    const text = attributes.get(dimensionsAttribute);
    const dimensions = text === undefined ? null : withoutDoc(parseAttribute(dimensionsAttribute, text));
    const digest = createHash("sha256")
      .update(canonicalText({ schemaVersion, managers, dimensions }))
      .digest("hex");
    return {
      digest: digest.slice(0, 12),
      defaults: nameOfDefaults(managers),
      schemaVersion,
      managers,
      dimensions,
    };
  }

  lineOfDefaults(): readonly Defaults[] {
    return lineOfDefaults();
  }

  async verification(further?: FurtherVersions): Promise<Verification> {
    const { butlerVerification } = await import("./expected/verification.js");
    return butlerVerification(this.config, this.namespace, further);
  }

  /** `butler.yaml` follows the classes that the database stores; where it does already, nothing is done. */
  async finishOutside(): Promise<OutsideEdit[]> {
    return makeEdits(this.config.file, await this.#openEdits());
  }

  async foreseeOutside(): Promise<OutsideEdit[]> {
    return (await this.#openEdits()).map((edit) => foreseeEdit(this.config.file, edit));
  }

  async #openEdits(): Promise<ManagerEdit[]> {
    const stored = await this.database.transaction({ mode: "read" }, async (session) =>
      storedClasses(await readAttributes(session)),
    );
    // The file is read again, as it may have been edited since.
    const { managers } = openConfig(this.config.file, this.scope);
    return neededEdits(managers, stored);
  }

  readOnlyOutside(): string | null {
    return isWritable(this.config.file) ? null : this.config.file;
  }

  foreseeClass(manager: string, className: string | null): OutsideEdit | null {
    const only = <T>(value: T | null | undefined): Map<string, T> =>
      new Map(value === null || value === undefined ? [] : [[manager, value]]);
    const stored = className === null ? null : (storedClassPath(className) ?? className);
    const [edit] = neededEdits(only(this.config.managers.get(manager)), only(stored));
    return edit === undefined ? null : foreseeEdit(this.config.file, edit);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

function storedClasses(attributes: ReadonlyMap<string, string>): Map<string, string> {
  const prefix = classAttribute("");
  const named = [...attributes].filter(([name]) => name.startsWith(prefix));
  return new Map(named.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** How a Butler repository is opened. */
export interface ButlerOptions {
  /** Folder that relative paths start from. */
  readonly folder: string;
  readonly environment: Environment;
  /** The namespace of the dimension configuration, where none is stored. */
  readonly namespace?: string;
}

/**
 * Opens a Butler repository.
 * @param uri folder, `butler.yaml`, `file:` URI, or label of the repository index
 * @throws InputError where there is no such repository, or it cannot be used; RefusedError for a client of a server
 */
export async function openButlerRepository(uri: string, options: ButlerOptions): Promise<ButlerRepository> {
  const { folder, environment, namespace } = options;
  const scope: ReadScope = { folder, environment };
  const config = openConfig(uri, scope);
  const { openDatabase } = await import("../database/open.js");
  const database = await openDatabase(config.database);
  try {
    await requireButler(database, config.file);
  } catch (error) {
    await database.close();
    throw error;
  }
  return new ButlerRepository(uri, config, database, scope, namespace);
}

async function requireButler(database: Database, file: string): Promise<void> {
  const attributes = await database.transaction({ mode: "read" }, async (session) => {
    const exists = await session.schema(butlerConventions).hasTable(attributesTable);
    return exists ? readAttributes(session) : null;
  });
  const hint = `It is the database that ${file} names in registry.db.`;
  if (attributes === null) {
    const { displayUrl, namespace } = database;
    const place = namespace === null ? "" : ` in schema "${namespace}"`;
    throw new InputError(
      "no-butler",
      `${displayUrl} is no Butler registry: it has no table ${attributesTable}${place}.`,
      { hint: namespace === null ? hint : `${hint} Another schema is named in registry.namespace.` },
    );
  }
  if (attributes.size > 0) return;
  throw new InputError(
    "empty-attributes",
    `${database.displayUrl} does not say which versions it has: ${attributesTable} is empty.`,
    { hint },
  );
}
