/** Whether a Butler repository is as its versions say. */
import type { Session } from "../../database/database.js";
import { hasExtension } from "../../database/extensions.js";
import type {
  Findings,
  FurtherVersions,
  Mends,
  SchemaDifference,
  Verification,
} from "../../repository/verification.js";
import type { ButlerConfig } from "../config/open.js";
import { RefusedError } from "../../errors.js";
import { revisionId } from "../revision-id.js";
import { checkBookkeeping } from "./bookkeeping.js";
import { compareSchema } from "./compare.js";
import type { FoundSchema } from "./compare.js";
import { readContent, readFormat } from "./content.js";
import { checkFiles } from "./files.js";
import { readSchema } from "./found.js";
import { isSettled } from "./format.js";
import type { ButlerFormat } from "./format.js";
import { findMends } from "./mends.js";
import { checkConstraints } from "./rows.js";
import { expectedSchema } from "./schema.js";
import type { ExpectedSchema } from "./schema.js";

/** What a repository has, beside what it should have. */
export interface SchemaPair {
  readonly expected: ExpectedSchema;
  readonly found: FoundSchema;
  /** Why it is not known to the end what it should have; null where it is. */
  readonly fault?: string | null;
}

/**
 * Reads both from one transaction.
 * @throws RefusedError `unknown-format`; InputError about dimensions, and tables that cannot be represented
 */
export async function readSchemaPair(
  session: Session,
  namespace: string | undefined,
  further?: FurtherVersions,
): Promise<SchemaPair> {
  const format = await readFormat(session, namespace);
  const hidden = new Set<string>();
  const found = await readSchema(session, (name) => {
    hidden.add(name);
    return true;
  });
  const content = await readContent(session, format, found.tables);
  const { settled, beyond } = stepBack(format, further);
  const expected = expectedSchema(session.dialect, settled, content);
  // A table that is expected, and cannot be represented, cannot be compared: the error says which.
  const wanted = new Set(expected.tables.map(({ name }) => name));
  if ([...hidden].some((name) => wanted.has(name))) await readSchema(session, (name) => !wanted.has(name));
  if (further === undefined || beyond.length === 0) return { expected, found };
  const { tables, fault } = await further.after(session, expected.tables, beyond);
  return { expected: { ...expected, tables }, found, fault };
}

/** The versions whose tables are known, and the revisions that lead on from there, in their order. */
function stepBack(
  format: ButlerFormat,
  further: FurtherVersions | undefined,
): { readonly settled: ButlerFormat; readonly beyond: readonly string[] } {
  const beyond: string[] = [];
  const managers = format.managers.map((recorded) => {
    const { manager } = recorded;
    if (isSettled(recorded)) return recorded;
    const line = further?.lineTo(revisionId(manager, recorded.branch, recorded.version)) ?? [];
    const known = line.findIndex(
      ({ branch, version }) => branch !== null && version !== null && isSettled({ manager, branch, version }),
    );
    const { branch, version } = line[known] ?? recorded;
    if (known !== -1)
      beyond.push(
        ...line
          .slice(0, known)
          .map((one) => one.revision)
          .toReversed(),
      );
    return { ...recorded, branch: branch ?? recorded.branch, version: version ?? recorded.version };
  });
  return { settled: { ...format, managers }, beyond };
}

/**
 * The verification of a repository.
 * @param namespace of the dimension configuration, where none is stored
 * @param further what is known of versions beyond those that are known here
 */
export function butlerVerification(
  config: ButlerConfig,
  namespace: string | undefined,
  further?: FurtherVersions,
): Verification {
  return {
    async compareSchema(session): Promise<SchemaDifference[]> {
      return differencesOf(session, await readSchemaPair(session, namespace, further), further);
    },
    async checkAll(session, { files = "check", onProgress = () => {} } = {}): Promise<Findings> {
      const pair = await readSchemaPair(session, namespace, further);
      const rows = [
        ...(await checkConstraints(session, pair, onProgress)),
        ...(await checkBookkeeping(session, pair, config.datastores, onProgress)),
        ...(files === "skip" ? [] : await checkFiles(session, pair, config, onProgress)),
      ];
      return { differences: await differencesOf(session, pair, further), rows };
    },
    async findMends(session): Promise<Mends> {
      const pair = await readSchemaPair(session, namespace, further);
      return findMends(pair, await differencesOf(session, pair, further));
    },
  };
}

async function differencesOf(
  session: Session,
  pair: SchemaPair,
  further: FurtherVersions | undefined,
): Promise<SchemaDifference[]> {
  const differences = await withoutDownstream(session, pair, further);
  if (typeof pair.fault === "string" && differences.some((one) => one.class === "drift")) {
    throw new RefusedError("unknown-format", `It is not known which tables there should be: ${pair.fault}`, {
      hint: "The code of a revision is asked without options and with the providers of the configuration; it should ask for others only where it changes rows.",
    });
  }
  return [...(await missingExtension(session)), ...differences];
}

/** What revisions from downstream made besides belongs to no version, but is not drift; what they took away is. */
async function withoutDownstream(
  session: Session,
  { expected, found }: SchemaPair,
  further: FurtherVersions | undefined,
): Promise<SchemaDifference[]> {
  const differences = compareSchema(expected, found);
  if (further === undefined || differences.every((one) => one.class !== "drift")) return differences;
  const { tables } = await further.withDownstream(session, expected.tables);
  const left = new Set(compareSchema({ ...expected, tables }, found).map(textOf));
  return differences.map((one) =>
    one.class === "drift" && one.expected === null && !left.has(textOf(one))
      ? { ...one, ...fromDownstream }
      : one,
  );
}

const fromDownstream = {
  class: "variation",
  reason: "downstream",
  explanation: "a revision from downstream made it",
} as const;

function textOf({ table, kind, name, property, expected, found }: SchemaDifference): string {
  return JSON.stringify([table, kind, name, property, expected, found]);
}

/** Butler refuses a PostgreSQL database without it. */
const neededExtension = "btree_gist";

async function missingExtension(session: Session): Promise<SchemaDifference[]> {
  if (await hasExtension(session, neededExtension)) return [];
  const about = { table: "", kind: "extension", name: neededExtension, property: "presence" } as const;
  return [{ ...about, expected: "installed", found: null, class: "drift", reason: null, explanation: null }];
}
