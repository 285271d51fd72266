import { createHash } from "node:crypto";

/**
 * A value for a `schema_digest:` row. Repositories of attributes 1.0.0 have one for each class; no release after v24 compares it, so
 * that it only has to be there, in the form of an MD5 digest.
 */
export function schemaDigest(classPath: string): string {
  return createHash("md5").update(classPath).digest("hex");
}
