/** The dimension configurations that were published in the namespace `daf_butler`. */
import { readFile } from "node:fs/promises";
import type { JsonObject } from "./json.js";

/** The namespace of the published configurations. */
export const publishedNamespace = "daf_butler";

/** The newest version known here. */
export const newestUniverse = 8;

/** A fingerprint of version 0, the one that does not say which namespace it belongs to. */
export const firstFingerprint = "d3ade28690cecc5f1e9e1e69fd00bdb10f58cd767552955b0647d80c6b1940ee";

/** The published configuration of a version (0 to 8). Documentation is left out, but for what a migration adds. */
export async function publishedConfiguration(version: number): Promise<JsonObject> {
  // JSON stays where it is when the program is compiled, three folders above the compiled module's.
  const name = `daf_butler-${version}.json`;
  const file = new URL(`../../../../lib/butler/universe/canonical/${name}`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8")) as JsonObject;
}
