/** What `check` finds in a repository, so that two of them can be compared. */
import { check } from "../../lib/index.js";
import type { Fixture } from "../support/fixtures.js";
import { canonical } from "../support/normalize/json.js";
import type { Json } from "../support/normalize/json.js";

/** What `check` says of a repository. */
export interface Checked {
  readonly problems: readonly string[];
  readonly drift: readonly string[];
}

/** What `check` says, one text for each thing that it finds. */
export async function checkOf({ folder }: Pick<Fixture, "folder">): Promise<Checked> {
  const { problems, drift } = await check(folder, { namespace: "daf_butler" });
  return {
    problems: problems.map(({ code, message }) => `${code}: ${message.replaceAll(folder, "@FOLDER@")}`),
    drift: drift.map((one) => canonical(one as unknown as Json)).toSorted(),
  };
}
