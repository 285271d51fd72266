/** What is compared of a repository. */
import { freeSequences } from "../../../database/sequences.js";
import type { DialectName, Session } from "../../../database/database.js";
import type { Conventions } from "../../../database/schema/conventions.js";
import type { SchemaEditor } from "../../../database/schema/editor.js";
import type { Table } from "../../../database/schema/table.js";
import type { Repository } from "../../../repository/repository.js";
import { contentTables } from "../../../testing/snapshot.js";

/** The tables of a repository, and an editor that plans on them. */
export interface Side {
  readonly uri: string;
  readonly tables: ReadonlyMap<string, Table>;
  /** The family of each dynamic table. */
  readonly families: ReadonlyMap<string, string>;
  /** Families whose tables come with what a repository holds, not with its format. */
  readonly growing: ReadonlySet<string>;
  /** Tables that are named as a family says, of which the repository records nothing. */
  readonly unrecorded: readonly string[];
  /** Sequences that belong to no column. */
  readonly sequences: readonly string[];
  readonly editor: SchemaEditor;
  /** Those of the repository that is changed, for both sides. */
  readonly conventions: Conventions;
  readonly dialect: DialectName;
}

/**
 * Reads one side.
 * @param changed the repository that is changed: its conventions give names
 */
export async function readSide(repository: Repository, session: Session, changed: Repository): Promise<Side> {
  const editor = session.schema(changed.conventions);
  const tables = new Map<string, Table>();
  for (const name of await contentTables(repository, session)) tables.set(name, await editor.table(name));
  const families = new Map<string, string>();
  const growing = new Set<string>();
  const unrecorded: string[] = [];
  for (const { name, recorded, growsWith, ...family } of await repository.tableFamilies(session)) {
    unrecorded.push(...family.unrecorded);
    if (growsWith === "content") growing.add(name);
    for (const table of recorded) families.set(table, name);
  }
  const sequences = (await freeSequences(session)).map(({ name }) => name);
  return {
    uri: repository.uri,
    tables,
    families,
    growing,
    unrecorded,
    sequences,
    editor,
    conventions: changed.conventions,
    dialect: changed.database.dialect,
  };
}

/** The same side with the families of another, for tables that are named as theirs: where nothing is recorded of them. */
export function withFamiliesOf(side: Side, other: Side): Side {
  const families = new Map(side.families);
  const names = new Set(other.families.values());
  for (const table of side.tables.keys()) {
    if (families.has(table)) continue;
    const family = other.families.get(table) ?? [...names].find((name) => matches(name, table));
    if (family !== undefined) families.set(table, family);
  }
  return { ...side, families, growing: new Set([...side.growing, ...other.growing]) };
}

/** Whether a table is named as a family says: `dataset_tags_*`. */
function matches(family: string, table: string): boolean {
  const parts = family.split("*");
  const [before = "", after = ""] = parts;
  return parts.length === 2 && table.startsWith(before) && table.endsWith(after);
}
