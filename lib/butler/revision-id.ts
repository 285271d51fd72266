import { v5 as uuidv5 } from "uuid";

/** The UUID of `lsst.org` in the DNS namespace: deterministic ids of the Butler are made in it. */
export const lsstNamespace = "840b31d9-05cd-5161-b2c8-00d32b280d0f";

/**
 * The id of a revision of a Butler tree. Every tool that follows this rule can handle the same repository.
 *
 * @param parts a tree's name for its root; otherwise tree, class without its module (configuration trees: namespace) and version
 * @returns 12 hexadecimal digits
 */
export function revisionId(...parts: readonly [string, ...string[]]): string {
  return uuidv5(parts.join("-"), lsstNamespace).replaceAll("-", "").slice(-12);
}
