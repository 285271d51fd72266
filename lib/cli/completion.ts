/** Names that a shell completes: managers, classes, revisions and labels; tables and families of a repository that is named. */

/** Options whose value is the name of a table or of a family. */
const tableOptions = new Set(["--table", "--family"]);
/** Options whose value is not known here. */
const withoutNames = /^--?(repo|config|options|provider|message|m|lock-timeout|rev-id|version|version-path)$/;
/** Commands that take a revision or a target. */
const commandsWithTargets = new Set([
  "upgrade",
  "downgrade",
  "plan",
  "stamp",
  "show",
  "history",
  "heads",
  "branches",
  "revision",
  "rehearse",
]);

/**
 * The names that begin as the word that is being typed.
 * @param words as typed so far, those of the shell's own call included
 */
export async function namesFor(words: readonly string[], current: string): Promise<string[]> {
  const previous = words.at(-2) ?? "";
  if (tableOptions.has(previous)) return beginning(await tablesOf(words), current);
  if (previous === "--kind") return beginning(await kinds(), current);
  if (current.startsWith("-"))
    return isNewRevision(words) ? beginning(await templateFlags(words), current) : [];
  if (withoutNames.test(previous)) return [];
  if (!words.some((word) => commandsWithTargets.has(word))) return [];
  return beginning(await revisionNames(previous === "--branch"), current);
}

function isNewRevision(words: readonly string[]): boolean {
  return words.includes("revision") && words.includes("new");
}

async function kinds(): Promise<string[]> {
  const { describeTemplates } = await import("../catalog/new-revision.js");
  return (await describeTemplates()).map(({ kind }) => kind);
}

/** The flags of the kind that is asked for, which the command itself does not know. */
async function templateFlags(words: readonly string[]): Promise<string[]> {
  const { describeTemplates } = await import("../catalog/new-revision.js");
  const kind = words[words.indexOf("--kind") + 1] ?? "";
  const asked = words.includes("--kind") ? kind : "static-table";
  const template = (await describeTemplates()).find((one) => one.kind === asked);
  return Object.keys(template?.flags ?? {}).map((name) => `--${name}`);
}

function beginning(names: Iterable<string>, current: string): string[] {
  return [...new Set(names)].filter((name) => name.startsWith(current)).toSorted();
}

async function revisionNames(onlyClasses: boolean): Promise<string[]> {
  const { openCatalog } = await import("../catalog/open.js");
  const { catalog } = await openCatalog({ trees: "shipped" });
  const classes = catalog.revisions.flatMap(({ branch }) => branch ?? []);
  if (onlyClasses) return classes;
  return [
    "head",
    "base",
    ...catalog.revisions.flatMap(({ id, manager, labels }) => [id, manager, `${manager}@head`, ...labels]),
  ];
}

async function tablesOf(words: readonly string[]): Promise<string[]> {
  const at = words.findIndex((word) => word === "--from-repo" || word === "--repo");
  const uri = words[at + 1];
  if (at < 0 || uri === undefined) return [];
  const { openRepository } = await import("../repository/open.js");
  const repository = await openRepository(uri);
  try {
    return await repository.database.transaction({ mode: "read" }, async (session) => [
      ...(await session.schema(repository.conventions).tableNames()),
      ...(await repository.tableFamilies(session)).map(({ name }) => name),
    ]);
  } finally {
    await repository.close();
  }
}
