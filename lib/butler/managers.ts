/** What a repository records about its managers. */
import type { Session } from "../database/database.js";
import { InputError, StepError } from "../errors.js";
import type { NewVersion, RecordedManager } from "../repository/repository.js";
import {
  classAttribute,
  digestAttribute,
  dimensionsAttribute,
  obscoreAttribute,
  readAttributes,
  removeAttribute,
  versionAttribute,
  writeAttribute,
} from "./attributes.js";
import { schemaDigest } from "./digests.js";
import { classNameOf, storedClassPath } from "./classes.js";
import { revisionId } from "./revision-id.js";
import { firstFingerprint, publishedNamespace } from "./universe/canonical.js";
import { fingerprint, isJsonObject } from "./universe/json.js";
import type { Json, JsonObject } from "./universe/json.js";

/** The managers whose version stands in a configuration document instead of a row of its own. */
export const configurationAttributes: Readonly<Record<string, string>> = {
  "dimensions-config": dimensionsAttribute,
  "obscore-config": obscoreAttribute,
};

/** The managers that a repository records. Any other tree is that of a package from downstream. */
const managerTypes: ReadonlySet<string> = new Set([
  "attributes",
  "collections",
  "datasets",
  "datastores",
  "dimensions",
  "obscore",
  "opaque",
  ...Object.keys(configurationAttributes),
]);

/** Whether a tree is that of a manager of Butler. */
export function isManager(tree: string): boolean {
  return managerTypes.has(tree);
}

/**
 * The managers that the attributes name, configurations included, sorted.
 * @param namespace of a dimension configuration that does not say its own
 * @param before the namespace that it had before a step took it away, as configuration 0 has none
 * @throws InputError `namespace-needed`, `namespace-differs`, `bad-attribute`
 */
export function managersIn(
  attributes: ReadonlyMap<string, string>,
  namespace?: string,
  before?: string,
): RecordedManager[] {
  const found: RecordedManager[] = [];
  for (const [name, storedClass] of attributes) {
    const manager = /^config:registry\.managers\.(.+)$/.exec(name)?.[1];
    const version = attributes.get(versionAttribute(storedClass));
    if (manager === undefined || version === undefined) continue;
    const branch = classNameOf(storedClass);
    found.push({ manager, branch, version, storedClass, revision: revisionId(manager, branch, version) });
  }
  for (const [manager, attribute] of Object.entries(configurationAttributes)) {
    const text = attributes.get(attribute);
    if (text === undefined) continue;
    const document = parseAttribute(attribute, text);
    const branch =
      manager === "dimensions-config"
        ? namespaceOf(document, namespace, before)
        : textOf(document["namespace"]);
    const version = textOf(document["version"]);
    found.push({
      manager,
      branch,
      version,
      storedClass: branch,
      revision: revisionId(manager, branch, version),
    });
  }
  return found.toSorted((a, b) => (a.manager < b.manager ? -1 : 1));
}

const badAttributeHint = "It is a row of table butler_attributes. Bring its value back from a backup.";

/** Reads the JSON of an attribute. @throws InputError `bad-attribute` */
export function parseAttribute(name: string, text: string): JsonObject {
  try {
    const value = JSON.parse(text) as Json;
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new InputError("bad-attribute", `Attribute ${name} of the repository is not JSON.`, {
      hint: badAttributeHint,
      cause: error,
    });
  }
  throw new InputError("bad-attribute", `Attribute ${name} of the repository is no JSON object.`, {
    hint: badAttributeHint,
  });
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function namespaceOf(document: JsonObject, given: string | undefined, before: string | undefined): string {
  const stored = textOf(document["namespace"]);
  if (stored !== "") {
    if (given === undefined || given === stored) return stored;
    throw new InputError(
      "namespace-differs",
      `The repository's dimensions have the namespace "${stored}", not "${given}".`,
      {
        hint: "Leave --namespace out.",
      },
    );
  }
  if (given !== undefined) return given;
  if (fingerprint(document) === firstFingerprint) return publishedNamespace;
  if (before !== undefined) return before;
  throw new InputError(
    "namespace-needed",
    "The repository's dimensions do not say which namespace they belong to.",
    {
      hint: `Add --namespace ${publishedNamespace} if they come from daf_butler, else that of your own.`,
    },
  );
}

/**
 * Writes what a step has brought a manager to. The version of a configuration is part of its document, which the step writes.
 * @throws StepError `unknown-class`, `version-not-written`
 */
export async function recordManagerVersion(session: Session, change: NewVersion): Promise<void> {
  const attributes = await readAttributes(session);
  const configuration = configurationAttributes[change.manager];
  if (configuration !== undefined) {
    requireDocumentVersion(attributes.get(configuration), change);
    return;
  }
  const stored = attributes.get(classAttribute(change.manager));
  if (stored === undefined && !isManager(change.manager)) return;
  if (change.branch === null || change.version === null) {
    await forgetClass(session, stored);
    await removeAttribute(session, classAttribute(change.manager));
    return;
  }
  const path = classPathOf(change.branch, stored);
  if (stored !== path) {
    const hadDigest = stored !== undefined && attributes.has(digestAttribute(stored));
    await forgetClass(session, stored);
    if (hadDigest) await writeAttribute(session, digestAttribute(path), schemaDigest(path));
  }
  await writeAttribute(session, classAttribute(change.manager), path);
  await writeAttribute(session, versionAttribute(path), change.version);
}

/** A class that is not known here keeps the module that is stored. */
function classPathOf(className: string, stored: string | undefined): string {
  if (stored !== undefined && classNameOf(stored) === className) return stored;
  const path = storedClassPath(className);
  if (path !== undefined) return path;
  throw new StepError("unknown-class", `It is not known in which module class ${className} is defined.`);
}

async function forgetClass(session: Session, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  await removeAttribute(session, versionAttribute(path));
  await removeAttribute(session, digestAttribute(path));
}

function requireDocumentVersion(text: string | undefined, { manager, version }: NewVersion): void {
  const written = text === undefined ? null : textOf(parseAttribute(manager, text)["version"]);
  if (written === version) return;
  throw new StepError(
    "version-not-written",
    `The configuration of ${manager} says version ${written ?? "none"} after the step, not ${version ?? "none"}.`,
    { hint: "The step was rolled back. Please report this." },
  );
}
