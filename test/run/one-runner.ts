/** One round of many runners. */
import { check, current } from "../../lib/index.js";
import type { DialectName } from "../../lib/database/database.js";
import { copyFixture } from "../support/fixtures.js";
import type { Runners } from "../support/many-runners.js";

/** Repositories of several steps; in the second one a step also edits `butler.yaml`. */
const repositories = [
  {
    name: "uuid-c6-synth",
    target: "head",
    steps: ["352c30854bb0", "4e2d7a28475b", "a81dddabd837", "aa7a2f893cba"],
  },
  { name: "int-c0-name", target: "8c57494cabcc", steps: ["8c57494cabcc"] },
] as const;

/**
 * Has all runners upgrade a fresh repository.
 * @returns how many steps there were
 * @throws Error where a step was not applied exactly once, or the repository is not as it should be
 */
export async function requireOneRunnerPerStep(
  runners: Runners,
  dialect: DialectName,
  round: number,
): Promise<number> {
  const { name, target, steps } = repositories[(round - 1) % repositories.length] ?? repositories[0];
  const { folder } = await copyFixture(name, dialect);
  const order = { repository: folder, target, lockTimeoutMs: 600_000 };
  const applied = (await runners.round(order)).toSorted();
  if (JSON.stringify(applied) !== JSON.stringify(steps))
    throw new Error(`${name}: applied ${applied.join(", ")}`);
  const { problems } = round <= repositories.length ? await check(folder) : await current(folder);
  if (problems.length > 0) throw new Error(`${name}: ${problems.map(({ message }) => message).join("; ")}`);
  return steps.length;
}
