import { expect } from "chai";
import { revisionId } from "../../lib/butler/revision-id.js";

describe("revisionId", () => {
  const cases: readonly (readonly [readonly [string, ...string[]], string])[] = [
    [["collections", "NameKeyCollectionManager", "1.0.0"], "5e75e5391603"],
    [["ManagerClass", "1.0.0"], "41f090400d3f"],
    [["datasets"], "059cc7b7ef13"],
  ];
  for (const [parts, id] of cases) {
    it(`of ${parts.join(" ")} is ${id}`, () => {
      expect(revisionId(...parts)).to.equal(id);
    });
  }
});
