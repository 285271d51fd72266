/** The code that turns one repository into another: `godwit revision new --diff OLD NEW`. */
import { InputError } from "../../../errors.js";
import { openRepository } from "../../../repository/open.js";
import type { OpenOptions } from "../../../repository/open.js";
import type { RecordedManager } from "../../../repository/repository.js";
import { literalCode } from "../code.js";
import { dropKeyCall } from "./calls.js";
import { differenceOf } from "./compare.js";
import type { TableDifference } from "./compare.js";
import { creationOf } from "./create.js";
import type { Creation } from "./create.js";
import { operations } from "./operations.js";
import { counterparts } from "./pairs.js";
import { questionsOf, tableQuestions } from "./questions.js";
import { readRecords, recordsCode } from "./records.js";
import { readSide, withFamiliesOf } from "./side.js";
import type { Side } from "./side.js";

/** What changes, as lines of code; the same for the way back. */
export interface DiffCode {
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** What the new repository records of the manager whose revision this is, and the old one; null where one records nothing. */
  readonly recorded: { readonly old: RecordedManager; readonly fresh: RecordedManager } | null;
  /** What could not be compared. */
  readonly notes: readonly string[];
}

/** What is compared, and for whom. */
export interface DiffOptions extends OpenOptions {
  /** The manager that the revision belongs to. */
  readonly manager?: string;
}

/**
 * Compares two repositories.
 * @throws InputError `different-databases`, `no-difference`, and those of opening them
 */
export async function diffRepositories(from: string, to: string, options: DiffOptions): Promise<DiffCode> {
  const old = await openRepository(from, options);
  try {
    const fresh = await openRepository(to, options);
    try {
      if (old.database.dialect !== fresh.database.dialect) {
        throw new InputError(
          "different-databases",
          `${old.uri} and ${fresh.uri} are of different databases.`,
          {
            hint: "Compare repositories in the same kind of database.",
          },
        );
      }
      return await old.database.transaction({ mode: "read" }, (oldSession) =>
        fresh.database.transaction({ mode: "read" }, async (freshSession) => {
          const [one, other] = [
            await readSide(old, oldSession, old),
            await readSide(fresh, freshSession, old),
          ];
          const sides = { before: withFamiliesOf(one, other), after: withFamiliesOf(other, one) };
          const records = { before: await readRecords(oldSession), after: await readRecords(freshSession) };
          return diffCode(sides, records, options.manager ?? null);
        }),
      );
    } finally {
      await fresh.close();
    }
  } finally {
    await old.close();
  }
}

interface Both<Thing> {
  readonly before: Thing;
  readonly after: Thing;
}

async function diffCode(
  { before, after }: Both<Side>,
  records: Both<Awaited<ReturnType<typeof readRecords>>>,
  manager: string | null,
): Promise<DiffCode> {
  const recorded = recordsCode(records.before, records.after, manager);
  const up = [
    ...recorded.questions.map(questionCode),
    ...(await wayCode(before, after, "up")),
    ...recorded.up,
  ];
  const down = [...recorded.down, ...(await wayCode(after, before, "down"))];
  const [old, fresh] = [records.before, records.after].map(({ managers }) =>
    managers.find((one) => one.manager === manager),
  );
  const both = old === undefined || fresh === undefined ? null : { old, fresh };
  if (up.length === 0 && (both === null || both.old.revision === both.fresh.revision)) {
    throw new InputError("no-difference", `${before.uri} and ${after.uri} are alike.`, {
      hint: "Their tables and what they record of themselves were compared.",
    });
  }
  return {
    up,
    down,
    recorded: both,
    notes: [...unseen(before, after), ...leftOut(before, after), ...leftOut(after, before)],
  };
}

/** Families of which the new repository has no table: what changes in them cannot be seen. */
function unseen(before: Side, after: Side): string[] {
  const there = new Set(after.families.values());
  return [...new Set(before.families.values())]
    .filter((family) => !there.has(family))
    .map((family) => `${after.uri} has no table of ${family}: whether they change cannot be seen there.`);
}

/** Tables of which nobody knows whether they come with the format or with what a repository holds. */
function leftOut(side: Side, other: Side): string[] {
  const tables = side.unrecorded.filter((name) => side.tables.has(name) && !other.tables.has(name));
  return tables.length === 0
    ? []
    : [`${side.uri} records nothing of ${tables.join(", ")}: left out. \`godwit check\` tells more.`];
}

function questionCode(text: string): string {
  return `unanswered(${literalCode(text)});`;
}

async function wayCode(from: Side, to: Side, way: "up" | "down"): Promise<string[]> {
  const others = counterparts(from, to);
  const found: TableDifference[] = [];
  for (const [name, table] of inOrderOfReference(from)) {
    const other = others.get(name);
    const difference = other === undefined ? null : await differenceOf(from, table, other);
    if (difference !== null) found.push(difference);
  }
  const made = [...inOrderOfReference(to).keys()].filter((name) => isOnlyIn(to, from, name));
  const gone = [...inOrderOfReference(from).keys()].filter((name) => isOnlyIn(from, to, name)).toReversed();
  const creations = await creationsOf(from, to, made, new Set(found.map(({ table }) => table)));
  const left = creations.flatMap((creation, at) =>
    creation.left.length === 0
      ? []
      : [`Table "${made[at]}" is not made in full: ${creation.left.join(", ")}. Add what is missing.`],
  );
  const questions = [
    ...found.flatMap((one) => questionsOf(one, way)),
    ...(way === "up" ? tableQuestions(gone, made) : []),
    ...left,
  ];
  return [
    ...[...new Set(questions)].map(questionCode),
    ...sequencesOnlyIn(to, from).map(
      (name) => `await context.schema.createSequence(${literalCode(name)}, 1n);`,
    ),
    ...creations.flatMap(({ lines }) => lines),
    ...operations(found, from, new Set(others.keys())),
    ...creations.flatMap(({ late }) => late),
    ...keysBetween(from, gone),
    ...gone.flatMap((name) => [
      `await losesRows(context, ${literalCode(name)});`,
      `await context.schema.drop(${literalCode(name)});`,
    ]),
    ...sequencesOnlyIn(from, to).map((name) => `await context.schema.dropSequence(${literalCode(name)});`),
  ];
}

async function creationsOf(
  from: Side,
  to: Side,
  made: readonly string[],
  changing: ReadonlySet<string>,
): Promise<Creation[]> {
  const creations: Creation[] = [];
  for (const [at, name] of made.entries()) {
    const table = to.tables.get(name);
    if (table === undefined) continue;
    const isReady = (other: string): boolean =>
      made.includes(other) ? made.indexOf(other) < at : !changing.has(other);
    creations.push(await creationOf(from, table, isReady));
  }
  return creations;
}

/** Foreign keys of tables that are dropped, to those that are dropped before them: tables that refer to each other. */
function keysBetween({ tables }: Side, gone: readonly string[]): string[] {
  return gone.flatMap((name, at) =>
    (tables.get(name)?.foreignKeys ?? [])
      .filter(({ referencedTable }) => gone.slice(0, at).includes(referencedTable))
      .flatMap((key) => [
        `await context.schema.alter(${literalCode(name)}, (table) => {`,
        `  ${dropKeyCall(key).code};`,
        "});",
      ]),
  );
}

/** Tables that grow with what a repository holds come and go with it, not with its format. */
function isOnlyIn(side: Side, other: Side, name: string): boolean {
  return !other.tables.has(name) && !side.growing.has(side.families.get(name) ?? "");
}

function sequencesOnlyIn(side: Side, other: Side): string[] {
  return side.sequences.filter((name) => !other.sequences.includes(name));
}

/** Tables that others refer to come first. */
function inOrderOfReference({ tables }: Side): Side["tables"] {
  const ordered: Map<string, NonNullable<ReturnType<Side["tables"]["get"]>>> = new Map();
  const visiting = new Set<string>();
  const visit = (name: string): void => {
    const table = tables.get(name);
    if (table === undefined || visiting.has(name)) return;
    visiting.add(name);
    for (const { referencedTable } of table.foreignKeys) visit(referencedTable);
    ordered.set(name, table);
  };
  for (const name of [...tables.keys()].toSorted()) visit(name);
  return ordered;
}
