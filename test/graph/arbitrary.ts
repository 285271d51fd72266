import fc from "fast-check";
import type { Revision } from "../../lib/graph/index.js";

/** Random trees: every revision builds on earlier ones of its tree, and may need earlier ones of any tree. */
export function revisions(options: {
  readonly trees: number;
  readonly largest: number;
}): fc.Arbitrary<Revision[]> {
  const wiring = fc.record({
    tree: fc.nat(options.trees - 1),
    parents: fc.array(fc.nat(6), { minLength: 1, maxLength: 3 }),
    dependsOn: fc.array(fc.nat(1000), { maxLength: 2 }),
    isRoot: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    needs: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
  });
  return fc.array(wiring, { minLength: 1, maxLength: options.largest }).map((list) => {
    const made: Revision[] = [];
    for (const [at, { tree, parents, dependsOn, isRoot, needs }] of list.entries()) {
      const manager = `tree${tree}`;
      const below = made.filter((one) => one.manager === manager).toReversed();
      const chosen = isRoot && below.length > 0 ? parents.slice(0, 1) : parents;
      made.push({
        id: `r${String(at).padStart(4, "0")}`,
        parents: [
          ...new Set(chosen.map((back) => below[back]?.id ?? below[0]?.id).filter((id) => id !== undefined)),
        ],
        dependsOn: needs
          ? [...new Set(dependsOn.map((one) => made[one % made.length]?.id).filter((id) => id !== undefined))]
          : [],
        labels: [],
        replaces: [],
        extends: [],
        manager,
        branch: null,
        version: null,
        summary: "",
        placeholder: null,
        source: { file: null, line: at + 1 },
      });
    }
    return made;
  });
}
