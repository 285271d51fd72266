/** What is told, word for word, where a version table without trees cannot be moved as it was asked. */
import { expect } from "chai";
import type { GraphNode } from "../../../lib/graph/graph.js";
import { loadGraph } from "../../../lib/graph/load.js";
import { createRevision } from "../../../lib/graph/operations/create.js";
import { checkAtHeads } from "../../../lib/graph/operations/current.js";
import { downgradeTable } from "../../../lib/graph/operations/downgrade.js";
import { historyOfTable } from "../../../lib/graph/operations/history.js";
import { stampTable } from "../../../lib/graph/operations/stamp.js";
import { upgradeTable } from "../../../lib/graph/operations/upgrade.js";
import { failure } from "../trees/failure.js";

/** A tree of two lines, one that depends on one of them, and one of a single revision with two labels. */
const nodes: GraphNode[] = [
  { id: "root", parents: [] },
  { id: "lef1", parents: ["root"], labels: ["left"] },
  { id: "lef2", parents: ["lef1"] },
  { id: "rig1", parents: ["root"], labels: ["right"] },
  { id: "rig2", parents: ["rig1"] },
  { id: "away", parents: [], dependsOn: ["lef1"] },
  { id: "dual", parents: [], labels: ["dua1", "dua2"] },
];
const graph = loadGraph(nodes);

/** Where nothing better is known. */
const look =
  "`godwit history` lists the revisions, `godwit history -i` with marks where the repository stands.";
const correct = "Correct the header of the file; `godwit revision check` looks at all of them.";

type Case = readonly [rows: string, asked: string, code: string, message: string, hint?: string];

function expectTold(cases: readonly Case[], work: (rows: string[], asked: string) => unknown): void {
  for (const [rows, asked, code, message, hint = look] of cases)
    it(`'${asked}' on ${rows === "" ? "nothing" : rows}: ${message}`, () => {
      const error = failure(() => work(rows.split(" ").filter(Boolean), asked));
      expect([error.code, error.message, error.hint]).to.deep.equal([code, message, hint]);
    });
}

const nameABranch = "Name one of them, or its branch: `BRANCH@head`.";
const nameOnTheWay = "Name the revision, or the branch: `BRANCH@+1`.";

describe("What is told of an upgrade of a version table that cannot be", () => {
  const cases: readonly Case[] = [
    [
      "gone",
      "heads",
      "unknown-revision",
      "The version table names gone, which no revision file has.",
      "Find the file, or settle what is applied with `stamp`.",
    ],
    ["lef1 lef1", "heads", "version-table-mismatch", "The version table has lef1 twice."],
    [
      "",
      "head",
      "multiple-heads",
      "'head' stands for several revisions: lef2, rig2, away, dual.",
      nameABranch,
    ],
    ["", "root@head", "multiple-heads", "'root@head' stands for several revisions: lef2, rig2.", nameABranch],
    ["", "nosuch@head", "unknown-revision", "There is no branch 'nosuch': neither a label nor a revision."],
    ["", "nosuch@rig1", "unknown-branch", "There is no branch 'nosuch': neither a label nor a revision."],
    [
      "",
      "rig@head",
      "ambiguous-prefix",
      "Several revisions or labels begin with 'rig': rig1, rig2, right.",
      "Give more of it.",
    ],
    [
      "",
      "rig@rig1",
      "unknown-branch",
      "Several revisions or labels begin with 'rig': rig1, rig2, right.",
      "Give more of it.",
    ],
    [
      "",
      "le",
      "ambiguous-prefix",
      "Several revisions or labels begin with 'le': lef1, lef2, left.",
      "Give more of it.",
    ],
    ["", "nosuch", "unknown-revision", "There is no revision or label 'nosuch'."],
    ["", "", "unknown-revision", "There is no revision or label ''."],
    ["", "left@rig1", "not-in-branch", "The revision rig1 is not on a line with 'left'."],
    [
      "lef1 rig1",
      "+1",
      "ambiguous-start",
      "There are several revisions to count from: lef1, rig1.",
      "Name one: `REVISION+1`.",
    ],
    ["root", "+1", "ambiguous-walk", "From root there is more than one way on: lef1, rig1.", nameOnTheWay],
    [
      "",
      "+1",
      "ambiguous-walk",
      "From nothing there is more than one way on: root, away, dual.",
      nameOnTheWay,
    ],
    ["lef2", "+1", "relative-out-of-range", "'+1' leads past the first or last revision."],
    ["lef2", "-1", "relative-out-of-range", "'-1' leads past the first or last revision."],
    ["", "lef2+1", "relative-out-of-range", "'lef2+1' leads past the first or last revision."],
    ["", "lef2-4", "relative-out-of-range", "'lef2-4' leads past the first or last revision."],
  ];
  expectTold(cases, (rows, target) => upgradeTable(graph, rows, [target]));

  it("because one of several targets is on the way to another", () => {
    expect(failure(() => upgradeTable(graph, [], ["lef1", "rig1", "lef2"])).message).to.equal(
      "lef1 is needed by lef2 and follows from it: they cannot be named together.",
    );
  });

  it("because a merge leads down to several", () => {
    const merged = loadGraph([...nodes, { id: "both", parents: ["lef2", "rig2"] }]);
    expect(failure(() => upgradeTable(merged, [], ["both-1"])).message).to.equal(
      "From both there is more than one way on: lef2, rig2.",
    );
  });
});

describe("What is told of a downgrade of a version table that cannot be", () => {
  const cases: readonly Case[] = [
    ["", "-1", "relative-out-of-range", "'-1' leads past the first or last revision."],
    ["lef2", "-4", "relative-out-of-range", "'-4' leads past the first or last revision."],
    ["lef2", "lef2+1", "relative-out-of-range", "'lef2+1' leads past the first or last revision."],
    ["lef2", "+1", "relative-out-of-range", "'+1' leads past the first or last revision."],
    [
      "lef2 rig2",
      "-1",
      "ambiguous-start",
      "There are several revisions to count from: lef2, rig2.",
      "Name one: `REVISION-1`.",
    ],
    [
      "lef2 rig2",
      "root@-1",
      "ambiguous-start",
      "There are several revisions to count from: lef2, rig2.",
      "Name the revision to go back to.",
    ],
    ["lef2", "nosuch@-1", "unknown-revision", "There is no branch 'nosuch': neither a label nor a revision."],
    [
      "lef2",
      "nosuch@root+1",
      "unknown-revision",
      "There is no branch 'nosuch': neither a label nor a revision.",
    ],
    [
      "",
      "nosuch@-1",
      "ambiguous-start",
      "Nothing that is applied is on a line with the branch of 'nosuch@-1'.",
      "Name the revision to go back to.",
    ],
    [
      "rig2",
      "left@-1",
      "ambiguous-start",
      "Nothing that is applied is on a line with the branch of 'left@-1'.",
      "Name the revision to go back to.",
    ],
    [
      "rig2",
      "lef1",
      "not-an-ancestor",
      "Nothing above 'lef1' is applied, and the database does not stand on it.",
    ],
    ["lef2 rig2", "away@root", "not-an-ancestor", "Nothing above 'away@root' leads to its branch."],
  ];
  expectTold(cases, (rows, target) => downgradeTable(graph, rows, target));
});

describe("What is told of a range of a version table that is none", () => {
  const howToWriteARange = "A range is `A:B`, `A:` or `:B`.";
  const cases: readonly Case[] = [
    ["", "lef1", "bad-range-syntax", "'lef1' is no range.", howToWriteARange],
    ["", "root:lef1:lef2", "bad-range-syntax", "'root:lef1:lef2' is no range.", howToWriteARange],
    ["", "-1:+1", "unknown-revision", "'+1' has no revision to count from: '-1' is none."],
    ["", "-10:+10", "unknown-revision", "'+10' has no revision to count from: '-10' is none."],
    [
      "lef1 lef2",
      "current:",
      "overlapping-revisions",
      "lef1 is needed by lef2 and follows from it: they cannot be named together.",
    ],
    [
      "lef1 lef2",
      ":current",
      "overlapping-revisions",
      "lef1 is needed by lef2 and follows from it: they cannot be named together.",
    ],
    ["", "left@-1:+1", "unknown-revision", "'+1' has no revision to count from: 'left@-1' is none."],
    [
      "lef1",
      "current:current",
      "unknown-revision",
      "Both ends are what is applied: there is nothing between them.",
    ],
    ["", "rig1:lef2", "not-an-ancestor", "rig1 is not below 'lef2'."],
    ["", "-9:heads", "not-an-ancestor", "'-9' leads below the first revision."],
    ["", "-0:", "unknown-revision", "There is no revision or label '-0'."],
    ["", "-1x:", "unknown-revision", "There is no revision or label '-1x'."],
    ["", "-1x:+1", "unknown-revision", "There is no revision or label '-1x'."],
    ["", "-9:", "not-an-ancestor", "'-9' leads below the first revision."],
    ["", "-2:lef2", "not-an-ancestor", "'-2' leads below the first revision."],
    [
      "",
      "heads:+1",
      "multiple-heads",
      "'heads' stands for several revisions to count from.",
      "Name one of them.",
    ],
    ["", "root@rig1:rig2", "unknown-branch", "root stands for no branch: it carries no label."],
    ["", "dual@dual:", "unknown-branch", "dual stands for no branch: it carries the labels dua1, dua2."],
  ];
  expectTold(cases, (rows, range) => historyOfTable(graph, rows, range));
});

describe("What is told of a stamp of a version table that cannot be", () => {
  const cases: readonly Case[] = [
    [
      "lef2",
      "lef1 root",
      "overlapping-revisions",
      "Two targets replace the row lef2 of the version table.",
      "Stamp them one after the other.",
    ],
    ["", "lef1 lef1", "duplicate-heads", "Two targets name the revision lef1."],
    ["lef2", "lef1 lef1", "duplicate-heads", "Two targets name the revision lef1."],
  ];
  expectTold(cases, (rows, targets) => stampTable(graph, rows, targets.split(" "), "kept"));
});

describe("What is told of a version table that is not at the heads", () => {
  const cases: readonly Case[] = [
    ["lef2", "heads", "not-at-heads", "The database is not at: rig2, away, dual."],
    [
      "lef1 lef2 rig2 away dual",
      "heads",
      "not-at-heads",
      "The database is at all heads, but has rows of revisions below them too: lef1.",
    ],
  ];
  expectTold(cases, (rows) => checkAtHeads(graph, rows));
});

describe("What is told of a new revision that cannot be", () => {
  const wanted = { id: "next", on: ["lef2"], labels: [], dependsOn: [], place: "head" } as const;
  const cases: readonly (readonly [change: object, code: string, message: string, hint: string])[] = [
    [
      { id: "a-b" },
      "invalid-revision-id",
      "The id 'a-b' of the new revision is not possible: an id is not empty and has none of @ - + :",
      correct,
    ],
    [{ on: ["lef2", "lef2"] }, "duplicate-heads", "The same parent is named twice: lef2, lef2.", look],
    [
      { on: ["root"] },
      "not-a-head",
      "root is no head: lef1, rig1 is built on it already.",
      "Build on the head, or begin a branch with --splice.",
    ],
    [
      { dependsOn: ["base"] },
      "missing-dependency",
      "'base' is no revision that could be depended on.",
      correct,
    ],
  ];
  for (const [change, code, message, hint] of cases)
    it(message, () => {
      const error = failure(() => createRevision(graph, nodes, { ...wanted, ...change }));
      expect([error.code, error.message, error.hint]).to.deep.equal([code, message, hint]);
    });
});
