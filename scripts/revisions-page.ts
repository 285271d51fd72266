/** The page that lists all revisions: what they declare, and what the plans of real repositories say of their cost and locks. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openCatalog } from "../lib/catalog/open.js";
import type { HeaderExtras } from "../lib/catalog/header.js";
import { plan, upgrade } from "../lib/index.js";
import type { PlannedStep, RunOptions } from "../lib/index.js";
import { archivedFile } from "../test/support/archive.js";
import { copyFixture } from "../test/support/fixtures.js";
import { temporaryFolder } from "../test/support/folders.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where the page is. */
export const revisionsPage = path.join(root, "docs", "revisions.md");

const dialects = ["sqlite", "postgres"] as const;
type Dialect = (typeof dialects)[number];

interface Journey {
  readonly fixture: string;
  /** Where it begins, if not where the repository stands. */
  readonly from?: string;
  readonly targets: readonly string[];
  readonly options: RunOptions;
}

const examples = (name: string): string => path.join(root, "examples", name);

/** A repository that stands right below each revision, so that all that it does can be told beforehand. */
const below: Readonly<Record<string, string>> = {
  c0e4f9ab4a5d: "uuid-c3-name",
  "8c57494cabcc": "uuid-c3-name",
  "2101fbf51ad3": "int-c0-synth",
  "4e2d7a28475b": "uuid-c6-synth",
  a81dddabd837: "uuid-c7-synth",
  "1601d5973bf8": "int-c0-name",
  "035dcf13ef18": "uuid-c1-synth",
  "380002bcbb26": "uuid-c0-name",
  bf6308af80aa: "uuid-c1-synth",
  c5ae3a2cd7c2: "uuid-c2-synth",
  "9888256c6a18": "uuid-c3-name",
  "2a8a32e1bec3": "uuid-c4-synth",
  "1fae088c80b6": "uuid-c5-synth",
  "352c30854bb0": "uuid-c6-synth",
  aa7a2f893cba: "uuid-c7-synth",
};

/** What some of them ask for. */
const asked: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "035dcf13ef18": { null_filter_value: "HSC-G" },
  bf6308af80aa: { has_simulated: "0" },
};

/** Plans in which every revision that has code occurs. */
async function journeys(): Promise<Journey[]> {
  const obscore = path.join(await temporaryFolder(), "obscore.yaml");
  await writeFile(obscore, await archivedFile("expected", "obscore_embargo.yaml"));
  const own = Object.entries(below).map(([revision, fixture]) => ({
    fixture,
    targets: [revision],
    options: { namespace: "daf_butler", options: asked[revision] ?? {} },
  }));
  return [
    ...own,
    {
      fixture: "uuid-c7-synth",
      targets: ["4fe28ef5030f"],
      options: { options: { obscore_config: obscore } },
    },
    {
      fixture: "int-c0-synth",
      targets: ["486d96d51db8"],
      options: { revisions: [examples("datasets-indexes")] },
    },
    {
      fixture: "int-c0-synth",
      from: "486d96d51db8",
      targets: ["d5a52d23f076"],
      options: { revisions: [examples("datasets-indexes")] },
    },
    {
      fixture: "uuid-c6-synth",
      from: "d5a52d23f076",
      targets: ["febd16fb827f"],
      options: { revisions: [examples("datasets-indexes")] },
    },
    {
      fixture: "uuid-c6-synth",
      targets: ["d5a52d23f076"],
      options: { revisions: [examples("datasets-indexes")] },
    },
    {
      fixture: "uuid-c7-synth",
      targets: ["febd16fb827f"],
      options: { revisions: [examples("datasets-indexes")] },
    },
    {
      fixture: "uuid-c3-name",
      targets: ["87fe9b182b7f"],
      options: { revisions: [examples("collection-column")] },
    },
    {
      fixture: "uuid-c7-synth",
      targets: ["5bc3dd974b32"],
      options: { revisions: [examples("collection-column")] },
    },
    {
      fixture: "current",
      targets: ["c9df9d37ac15"],
      options: { revisions: [examples("amplifier")], providers: { amplifiers: () => [] } },
    },
  ];
}

/** Cost and locks of a step on one database. */
interface Effort {
  readonly cost: string;
  readonly locks: string;
  readonly changes: string;
}

type Efforts = ReadonlyMap<string, ReadonlyMap<Dialect, Effort>>;

/** By revision, or by the ends of a switch. */
async function measure(): Promise<Efforts> {
  const efforts = new Map<string, Map<Dialect, Effort>>();
  for (const dialect of dialects) {
    for (const { fixture, from, targets, options } of await journeys()) {
      const { folder } = await copyFixture(fixture, dialect);
      if (from !== undefined) await upgrade(folder, from, options);
      const { steps } = await plan(folder, "up", targets, options);
      for (const step of steps) {
        const key = step.direction === "switch" ? `→${step.revision}` : step.revision;
        const known = efforts.get(key) ?? new Map<Dialect, Effort>();
        known.set(dialect, {
          cost: costOf(step),
          locks: locksOf(dialect, step),
          changes: step.changes ?? "—",
        });
        efforts.set(key, known);
      }
    }
  }
  return efforts;
}

/** Statements of PostgreSQL that keep nobody from reading or writing rows for long. */
function isUnnoticed(text: string): boolean {
  return /^(CREATE|DROP) (UNIQUE )?INDEX CONCURRENTLY|^ALTER TABLE .* (NOT VALID|VALIDATE CONSTRAINT \S+)$/.test(
    text,
  );
}

/** What the repository says of itself is a record like those of godwit. */
function costOf({ tables: all }: PlannedStep): string {
  const tables = all.filter(({ name }) => name !== "butler_attributes");
  const found = ["rewrite", "scan", "metadata"].find((cost) => tables.some((table) => table.cost === cost));
  return found ?? "none";
}

/** The strongest lock that the statements take: on PostgreSQL of a table, on SQLite of the whole database. */
function locksOf(dialect: Dialect, { statements }: PlannedStep): string {
  const run = statements.filter((text) => !text.startsWith("--") && !isUnnoticed(text));
  if (dialect === "sqlite") return "writers wait";
  const alters = /^(ALTER TABLE|DROP (TABLE|INDEX)|LOCK TABLE)/;
  if (run.some((text) => alters.test(text))) return "readers and writers of these tables wait";
  if (run.some((text) => /^CREATE (UNIQUE )?INDEX/.test(text))) return "writers of these tables wait";
  return "nobody waits";
}

/** A line of the table. */
interface Line {
  readonly manager: string;
  readonly name: string;
  readonly summary: string;
  readonly header: HeaderExtras;
  readonly reversible: boolean;
  readonly efforts: ReadonlyMap<Dialect, Effort> | undefined;
}

async function linesOf(places: readonly string[] | null, efforts: Efforts): Promise<Line[]> {
  // Away from any configuration, so that only what is named is found.
  const folder = await temporaryFolder();
  const { catalog } = await openCatalog({ folder, trees: "shipped", revisions: places ?? [] });
  const shown = (file: string | null): boolean =>
    places === null || places.some((place) => file?.startsWith(place + path.sep) === true);
  const lines: Line[] = [];
  for (const { id, manager, branch, version, summary, placeholder, source } of catalog.revisions) {
    if (!shown(source.file) || placeholder !== null || catalog.revision(id)?.parents.length === 0) continue;
    const definition = await catalog.load(id);
    const name = `${branch ?? ""} ${version ?? ""} \`${id}\``;
    lines.push({
      manager,
      name,
      summary,
      header: catalog.header(id),
      reversible: definition.down !== undefined,
      efforts: efforts.get(id),
    });
  }
  for (const { manager, from, to, summary, source, reversible } of catalog.switches) {
    if (!shown(source.file)) continue;
    const header = await catalog.loadSwitch(manager, from, to);
    lines.push({
      manager,
      name: `switch \`${from}\` → \`${to}\``,
      summary,
      header,
      reversible,
      efforts: efforts.get(`→${to}`),
    });
  }
  return lines.toSorted((a, b) => (a.manager < b.manager ? -1 : a.manager > b.manager ? 1 : 0));
}

function rowOf({ manager, name, summary, header, reversible, efforts }: Line): string {
  const { compatibility, execution = {} } = header;
  const transactional = execution.transactional ?? true;
  const cells = [
    manager,
    name,
    summary,
    efforts?.get("sqlite")?.changes ?? "—",
    compatibility?.forward ?? "—",
    compatibility?.backward ?? "—",
    yes(execution.live ?? false),
    yes(transactional),
    yes(reversible),
    transactional ? "again" : "goes on",
    ...dialects.flatMap((dialect) => [
      efforts?.get(dialect)?.cost ?? "—",
      efforts?.get(dialect)?.locks ?? "—",
    ]),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function yes(value: boolean): string {
  return value ? "yes" : "no";
}

function tableOf(lines: readonly Line[]): string {
  const head = [
    "manager",
    "revision",
    "what it does",
    "changes",
    "forward",
    "backward",
    "live",
    "transactional",
    "reversible",
    "stopped",
    "SQLite: cost",
    "locks",
    "PostgreSQL: cost",
    "locks",
  ];
  return [`| ${head.join(" | ")} |`, `| ${head.map(() => "---").join(" | ")} |`, ...lines.map(rowOf)].join(
    "\n",
  );
}

/** The text of the page. */
export async function revisionsText(): Promise<string> {
  const efforts = await measure();
  const own = await linesOf(null, efforts);
  const further = await linesOf(
    ["datasets-indexes", "collection-column", "amplifier"].map(examples),
    efforts,
  );
  return `# All revisions

Written by \`npm run docs:revisions\`, and compared by a test. Beginnings of trees and versions that no repository comes from are left out:
there is no code in them.

- **changes**: \`schema\`, definitions of tables; \`content\`, rows alone. Both count in the format of a repository.
- **forward**: what code from before the revision can do with a repository that has it; **backward**: what code that knows it can do with
  one that has it not. \`full\`, \`read\` or \`none\`; a switch changes which class the repository needs.
- **live**: whether others may use the repository meanwhile. Otherwise stop what writes to it.
- **stopped**: \`again\`, it was rolled back as a whole, and runs again from its beginning; \`goes on\`, each of its parts commits by itself, and the
  next run goes on behind the last one.
- **cost**, of the dearest thing that it does: \`none\` changes nothing but records, \`metadata\` touches no row, \`scan\` reads rows, \`rewrite\` writes them.
  \`—\`: no repository stands below it.
- **locks**: who has to wait while it runs. On SQLite there is one lock for the whole database; readers wait only for its commit.

${tableOf(own)}

## Examples

These are found when a configuration adds their folder of \`examples/\`.

${tableOf(further)}
`;
}
