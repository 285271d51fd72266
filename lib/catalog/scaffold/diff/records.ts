/** What two repositories record of themselves: the classes and versions of managers, and the dimension configuration. */
import { attributesTable, dimensionsAttribute, readAttributes } from "../../../butler/attributes.js";
import type { Session } from "../../../database/database.js";
import { configurationAttributes, managersIn, parseAttribute } from "../../../butler/managers.js";
import { publishedNamespace } from "../../../butler/universe/canonical.js";
import { sameValue } from "../../../butler/universe/patch.js";
import { patchBetween } from "../../../butler/universe/patch.js";
import { plainConventions } from "../../../database/schema/plain-conventions.js";
import type { RecordedManager } from "../../../repository/repository.js";
import { literalCode } from "../code.js";

/** What a repository records; empty where it records nothing. */
export interface Records {
  readonly attributes: ReadonlyMap<string, string>;
  readonly managers: readonly RecordedManager[];
}

/** What of the records differs, as code and questions for a revision of one manager. */
export interface RecordsCode {
  readonly up: readonly string[];
  readonly down: readonly string[];
  readonly questions: readonly string[];
}

/** Reads what a repository records. */
export async function readRecords(session: Session): Promise<Records> {
  if (!(await session.schema(plainConventions).hasTable(attributesTable)))
    return { attributes: new Map(), managers: [] };
  const attributes = await readAttributes(session);
  return { attributes, managers: attributes.size === 0 ? [] : recordedIn(attributes) };
}

function recordedIn(attributes: ReadonlyMap<string, string>): RecordedManager[] {
  const text = attributes.get(dimensionsAttribute);
  const stored = text === undefined ? undefined : parseAttribute(dimensionsAttribute, text)["namespace"];
  return managersIn(attributes, stored === undefined ? publishedNamespace : undefined);
}

/**
 * What turns the records of one repository into those of another.
 * @param manager the one that the revision belongs to, whose version the runner records
 */
export function recordsCode(from: Records, to: Records, manager: string | null): RecordsCode {
  if (from.attributes.size === 0 || to.attributes.size === 0) return { up: [], down: [], questions: [] };
  const dimensions = dimensionsCode(from, to, manager);
  return {
    ...dimensions,
    questions: [
      ...dimensions.questions,
      ...versionQuestions(from, to, manager),
      ...otherQuestions(from, to, manager),
    ],
  };
}

/** The configuration of dimensions belongs to a manager, but a repository may change it within its version. */
function dimensionsCode(from: Records, to: Records, manager: string | null): RecordsCode {
  const [before, after] = [from, to].map(({ attributes }) => attributes.get(dimensionsAttribute));
  if (before === undefined || after === undefined || before === after)
    return { up: [], down: [], questions: [] };
  const [old, fresh] = [
    parseAttribute(dimensionsAttribute, before),
    parseAttribute(dimensionsAttribute, after),
  ];
  if (sameValue(old, fresh)) return { up: [], down: [], questions: [] };
  const isOther =
    !sameValue(old["version"], fresh["version"]) || !sameValue(old["namespace"], fresh["namespace"]);
  // Asked with the versions: a revision of another manager does not bring it to another version.
  if (isOther && manager !== "dimensions-config") return { up: [], down: [], questions: [] };
  const way = (one: typeof old, other: typeof old): string => {
    const patch = patchBetween(one, other);
    return patch === null
      ? `await writeUniverse(context, ${literalCode(other)});`
      : `await patchUniverse(context, ${literalCode(patch)});`;
  };
  return { up: [way(old, fresh)], down: [way(fresh, old)], questions: [] };
}

function versionQuestions(from: Records, to: Records, manager: string | null): string[] {
  const names = new Set([...from.managers, ...to.managers].map((one) => one.manager));
  names.delete(manager ?? "");
  return [...names].toSorted().flatMap((name) => {
    const [before, after] = [from, to].map(({ managers }) => managers.find((one) => one.manager === name));
    if (before?.branch === after?.branch && before?.version === after?.version) return [];
    const [old, fresh] = [before, after].map((one) =>
      one === undefined ? "not recorded" : `${one.branch} ${one.version}`,
    );
    const command =
      after === undefined
        ? "Is it given up?"
        : `A revision of ${name} records that: godwit revision new ${name} --branch ${after.branch} --version ${after.version}. Is there one?`;
    return [`Manager ${name} goes from ${old} to ${fresh}, which this revision does not record. ${command}`];
  });
}

/** What else the repository says of itself. */
function otherQuestions(from: Records, to: Records, manager: string | null): string[] {
  const names = [...new Set([...from.attributes.keys(), ...to.attributes.keys()])].filter(
    (name) =>
      !/^(config:registry\.managers\.|version:|schema_digest:)/.test(name) && name !== dimensionsAttribute,
  );
  const asked = Object.entries(configurationAttributes).flatMap(([one, name]) =>
    one === manager ? [] : [name],
  );
  return names
    .filter((name) => from.attributes.get(name) !== to.attributes.get(name) && !asked.includes(name))
    .map((name) => `The attribute ${name} differs too. Does the revision have to write it?`);
}
