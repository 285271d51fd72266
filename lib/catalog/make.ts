import { InputError } from "../errors.js";
import type { Revision, Switch } from "../graph/revision.js";
import type { RevisionDefinition, SwitchDefinition } from "../revision.js";
import type { Catalog } from "./catalog.js";
import { entryOfDefinition } from "./entry.js";
import type { Entry } from "./entry.js";
import { faultAt } from "./fault.js";
import type { AnyDefinition, HeaderExtras } from "./header.js";

/** The catalog of revisions that live nowhere on disk. @throws InputError about a header */
export function catalogOf(definitions: readonly AnyDefinition[]): Catalog {
  return makeCatalog(definitions.map(entryOfDefinition));
}

/**
 * Makes the catalog of some headers.
 * @throws InputError `duplicate-revision`, `duplicate-switch`, `unknown-extends` with files and lines
 */
export function makeCatalog(entries: readonly Entry[]): Catalog {
  return new EntryCatalog(entries);
}

class EntryCatalog implements Catalog {
  readonly revisions: readonly Revision[];
  readonly switches: readonly Switch[];
  readonly extensions: readonly Revision[];
  readonly #nodes = new Map<string, Entry>();
  readonly #edges = new Map<string, Entry>();
  readonly #extensions = new Map<string, Entry[]>();

  constructor(entries: readonly Entry[]) {
    const [revisions, extensions, switches]: [Revision[], Revision[], Switch[]] = [[], [], []];
    for (const entry of entries) {
      const { header } = entry;
      if (header.kind === "switch") switches.push(header.edge);
      else (header.revision.extends.length === 0 ? revisions : extensions).push(header.revision);
      this.#add(entry);
    }
    if (extensions.length > 0 || this.#nodes.size < revisions.length) refuseTwice(entries);
    this.revisions = revisions;
    this.extensions = extensions;
    this.switches = switches;
    this.#checkExtensions();
  }

  revision(id: string): Revision | undefined {
    const header = this.#nodes.get(id)?.header;
    return header?.kind === "revision" ? header.revision : undefined;
  }

  header(id: string): HeaderExtras {
    return this.#entry(id).header.extras;
  }

  headerOfSwitch(manager: string, from: string, to: string): HeaderExtras {
    return this.#edge(manager, from, to).header.extras;
  }

  load(id: string): Promise<RevisionDefinition> {
    return this.#entry(id).load() as Promise<RevisionDefinition>;
  }

  loadSwitch(manager: string, from: string, to: string): Promise<SwitchDefinition> {
    return this.#edge(manager, from, to).load() as Promise<SwitchDefinition>;
  }

  async extensionsOf(id: string): Promise<readonly RevisionDefinition[]> {
    const definitions: RevisionDefinition[] = [];
    for (const entry of this.#extensions.get(id) ?? []) {
      definitions.push((await entry.load()) as RevisionDefinition);
    }
    return definitions;
  }

  checksum(id: string): Promise<string | null> {
    return this.#entry(id).checksum();
  }

  checksumOfSwitch(manager: string, from: string, to: string): Promise<string | null> {
    return this.#edge(manager, from, to).checksum();
  }

  #add(entry: Entry): void {
    const { header } = entry;
    if (header.kind === "switch") {
      this.#addSwitch(entry, header.edge);
      return;
    }
    if (header.revision.extends.length === 0) this.#nodes.set(header.revision.id, entry);
    for (const id of header.revision.extends) {
      this.#extensions.set(id, [...(this.#extensions.get(id) ?? []), entry]);
    }
  }

  #addSwitch(entry: Entry, edge: Switch): void {
    const key = edgeKey(edge.manager, edge.from, edge.to);
    const other = this.#edges.get(key)?.header;
    if (other?.kind === "switch") {
      const where = describe(other.edge);
      throw faultAt(
        edge.source,
        "duplicate-switch",
        `A switch from ${edge.from} to ${edge.to} stands in ${where} too.`,
      );
    }
    this.#edges.set(key, entry);
  }

  #checkExtensions(): void {
    for (const { extends: ids, source } of this.extensions) {
      const unknown = ids.find((id) => !this.#nodes.has(id));
      if (unknown === undefined) continue;
      throw faultAt(source, "unknown-extends", `It extends ${unknown}, which is no revision.`);
    }
  }

  #entry(id: string): Entry {
    const entry = this.#nodes.get(id);
    if (entry === undefined) throw new InputError("unknown-revision", `No revision file has the id ${id}.`);
    return entry;
  }

  #edge(manager: string, from: string, to: string): Entry {
    const entry = this.#edges.get(edgeKey(manager, from, to));
    if (entry !== undefined) return entry;
    throw new InputError("unknown-revision", `No file switches ${manager} from ${from} to ${to}.`);
  }
}

function edgeKey(manager: string, from: string, to: string): string {
  return JSON.stringify([manager, from, to]);
}

function refuseTwice(entries: readonly Entry[]): void {
  const first = new Map<string, Revision>();
  for (const { header } of entries) {
    if (header.kind === "switch") continue;
    const { revision } = header;
    const other = first.get(revision.id);
    if (other !== undefined) {
      throw faultAt(
        revision.source,
        "duplicate-revision",
        `Revision ${revision.id} stands in ${describe(other)} too.`,
        { hint: "Give one of them another id." },
      );
    }
    first.set(revision.id, revision);
  }
}

function describe({ source }: { readonly source: Revision["source"] }): string {
  return source.file === null ? "another definition of the program" : `${source.file}:${source.line}`;
}
