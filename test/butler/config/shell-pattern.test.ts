import { expect } from "chai";
import { matchesShellPattern } from "../../../lib/butler/config/shell-pattern.js";

// The verdicts are those of Python's fnmatch.fnmatchcase.
const cases: readonly (readonly [text: string, pattern: string, matches: boolean])[] = [
  ["butler_main", "butler_*", true],
  ["butler", "butler_*", false],
  ["a/b.c", "*", true],
  ["db1.example.org", "db?.example.org", true],
  ["dbX.exampleXorg", "db?.example.org", false],
  ["b1", "b[0-9]", true],
  ["bx", "b[!0-9]", true],
  ["b1", "b[!0-9]", false],
  ["b]", "b[]]", true],
  ["b-", "b[a-]", true],
  ["a-b", "a-b", true],
  ["b[", "b[", true],
  ["b5", "b[9-0]", false],
  ["b.", "b[.]", true],
  ["x^y", "x[\\^]y", true],
];

describe("matchesShellPattern", () => {
  for (const [text, pattern, matches] of cases) {
    it(`${pattern} ${matches ? "matches" : "does not match"} ${text}`, () => {
      expect(matchesShellPattern(text, pattern)).to.equal(matches);
    });
  }
});
