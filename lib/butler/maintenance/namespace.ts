/** The namespace of the dimension configuration. */
import type { Session } from "../../database/database.js";
import { InputError, StepError } from "../../errors.js";
import { dimensionsAttribute, readAttributes, writeAttribute } from "../attributes.js";
import { parseAttribute } from "../managers.js";
import { butlerText } from "../universe/json.js";
import type { JsonObject } from "../universe/json.js";

/** The namespace that is stored, or null. @throws InputError `no-configuration` */
export async function readNamespace(session: Session): Promise<string | null> {
  const { namespace } = await readDocument(session);
  return typeof namespace === "string" && namespace !== "" ? namespace : null;
}

async function readDocument(session: Session): Promise<JsonObject> {
  const text = (await readAttributes(session)).get(dimensionsAttribute);
  if (text !== undefined) return parseAttribute(dimensionsAttribute, text);
  throw new InputError("no-configuration", `The repository has no attribute ${dimensionsAttribute}.`);
}

/**
 * Writes the namespace, and nothing else of the configuration; reads it again.
 * @throws InputError `namespace-stored` where there is another one that may not be replaced
 */
export async function writeNamespace(
  session: Session,
  namespace: string,
  stored: "keep" | "replace",
): Promise<void> {
  const document = await readDocument(session);
  const now = await readNamespace(session);
  if (now !== null && now !== namespace && stored === "keep") {
    throw new InputError("namespace-stored", `The dimensions have the namespace "${now}" already.`, {
      hint: "Add --update to replace it.",
    });
  }
  await writeAttribute(session, dimensionsAttribute, butlerText({ ...document, namespace }));
  if ((await readNamespace(session)) === namespace) return;
  throw new StepError("not-written", "The namespace was written, and is not there.", {
    hint: "Nothing was changed. Please report this.",
  });
}
