/** Brings the dimension configuration of a repository to another published version. */
import { RefusedError } from "../../errors.js";
import type { RevisionContext } from "../../run/context.js";
import { Attributes, dimensionsAttribute } from "../attributes.js";
import { parseAttribute } from "../managers.js";
import { publishedConfiguration } from "./canonical.js";
import { butlerText } from "./json.js";
import type { JsonObject } from "./json.js";
import { mergeConfiguration } from "./merge.js";

/** The versions that a step leads between. */
export interface UniverseStep {
  readonly from: number;
  readonly to: number;
}

/** The dimension configuration as the repository stores it. @throws RefusedError `no-configuration` */
export async function readUniverse(context: RevisionContext): Promise<JsonObject> {
  const text = await new Attributes(context).get(dimensionsAttribute);
  if (text !== undefined) return parseAttribute(dimensionsAttribute, text);
  throw new RefusedError("no-configuration", `The repository has no attribute ${dimensionsAttribute}.`, {
    hint: "It is a row of table butler_attributes, which every repository has. Bring it back from a backup.",
  });
}

/**
 * What the configuration will be; nothing is written. Called before anything is changed, as it finds what stands in the way.
 * @throws RefusedError `configuration-version`, `configuration-conflict`
 */
export async function planUniverse(
  context: RevisionContext,
  { from, to }: UniverseStep,
): Promise<JsonObject> {
  const own = await readUniverse(context);
  const version = own["version"];
  if (version !== from) {
    throw new RefusedError(
      "configuration-version",
      `The dimension configuration says version ${JSON.stringify(version ?? null)}, and ${from} is expected.`,
      { hint: "`godwit current --check` compares what the repository says of itself." },
    );
  }
  const merge = mergeConfiguration(await publishedConfiguration(from), await publishedConfiguration(to), own);
  for (const path of merge.kept) {
    context.report(`The repository's own ${path} of the dimension configuration was kept.`);
  }
  return merge.result;
}

/** Stores a configuration. */
export async function writeUniverse(context: RevisionContext, universe: JsonObject): Promise<void> {
  await new Attributes(context).set(dimensionsAttribute, butlerText(universe));
}

/** Changes the configuration where no table depends on what changes. */
export async function changeUniverse(context: RevisionContext, step: UniverseStep): Promise<void> {
  await writeUniverse(context, await planUniverse(context, step));
}
