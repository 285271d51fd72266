import { expect } from "chai";
import type { Problem } from "../../lib/api/results.js";
import { findProblems } from "../../lib/state/consistency.js";
import type { Sources } from "../../lib/state/consistency.js";
import type { TreeState } from "../../lib/state/state.js";
import { drawn } from "../graph/trees/map.js";

const { revisions } = drawn(`
  datasets  root
  datasets  one <- root    Class 1.0.0
  datasets  two <- one     Class 2.0.0
  datasets  plain <- root
  datasets  early <- root  Class 0
  datasets  begun          Class 1.0.0
`);
/** One of them says its class alone. */
const files = revisions.map((one) => (one.id === "early" ? { ...one, version: null } : one));
const known = {
  managers: ["datasets"],
  neededBy: (ids: readonly string[]) => ids,
  hasBranch: () => true,
  revision: (id: string) => files.find((one) => one.id === id),
};

function tree(
  heads: string[],
  recordedBy: TreeState["recordedBy"],
  rows: TreeState["rows"] = [],
): Sources["trees"] {
  return new Map([["datasets", { manager: "datasets", heads, recordedBy, rows }]]);
}

function recorded(id: string, version: string): Sources["recorded"] {
  return [{ manager: "datasets", branch: "Class", version, storedClass: "module.Class", revision: id }];
}

const rootRow = {
  seq: 1n,
  revision: "root",
  parent: null,
  branch: null,
  version: null,
  kind: "stamp" as const,
  appliedAt: "2026-01-01T00:00:00.000Z",
  durationMs: null,
  appliedBy: "godwit",
  checksum: null,
};

/** What is found where nothing tells anything but for these sources. */
function problemsOf(sources: Partial<Sources>): readonly Problem[] {
  return findProblems({
    trees: new Map(),
    recorded: [],
    alembic: null,
    known,
    orphanTables: [],
    foreign: [],
    records: () => true,
    ...sources,
  });
}

const cases: {
  readonly title: string;
  readonly sources: Partial<Sources>;
  readonly codes: readonly string[];
}[] = [
  {
    title: "finds nothing where only the repository says something",
    sources: { trees: tree(["one"], "repository"), recorded: recorded("one", "1.0.0") },
    codes: [],
  },
  {
    title: "finds nothing where all three agree",
    sources: { trees: tree(["one"], "godwit"), recorded: recorded("one", "1.0.0"), alembic: ["one"] },
    codes: [],
  },
  {
    title: "names a version table that disagrees with the repository",
    sources: { trees: tree(["two"], "godwit"), recorded: recorded("one", "1.0.0") },
    codes: ["version-table-disagrees"],
  },
  {
    title: "names a version table of a manager that the repository does not record",
    sources: {
      trees: tree(["two"], "godwit"),
      recorded: [{ ...recorded("x", "1")[0]!, manager: "other", revision: "one" }],
    },
    codes: ["version-table-disagrees"],
  },
  {
    title: "accepts a tree at its root, of which the repository records nothing",
    sources: {
      trees: tree(["root"], "godwit", [rootRow]),
      recorded: [{ ...recorded("x", "1")[0]!, manager: "other", revision: "one" }],
    },
    codes: [],
  },
  {
    title: "names the row that alembic_version lacks, and the one that it has instead",
    sources: { trees: tree(["two"], "alembic"), recorded: recorded("one", "1.0.0"), alembic: ["two"] },
    codes: ["alembic-disagrees", "alembic-disagrees"],
  },
  {
    title: "accepts a root in alembic_version, where the Python tool starts a tree",
    sources: {
      trees: tree(["one"], "repository"),
      recorded: recorded("one", "1.0.0"),
      alembic: ["one", "root"],
    },
    codes: [],
  },
  {
    title: "names a revision that no file has",
    sources: { trees: tree(["nine"], "repository"), recorded: recorded("nine", "9.0.0") },
    codes: ["unknown-applied-revision"],
  },
  {
    title: "names a row of alembic_version that no file has, on a plain database",
    sources: { trees: tree(["one"], "alembic"), alembic: ["one", "nine"] },
    codes: ["unknown-applied-revision"],
  },
  {
    title: "names a version table of a tree that no folder has",
    sources: { orphanTables: ["revision_gone"] },
    codes: ["unknown-tree"],
  },
];

describe("What is told of a disagreement", () => {
  function messages(sources: Partial<Sources>): string[] {
    return problemsOf(sources).map(({ message }) => message);
  }

  it("names an unknown revision by class and version, where the repository says them", () => {
    expect(messages({ trees: tree(["nine"], "godwit"), recorded: recorded("nine", "9.0.0") })[0]).to.include(
      "Class 9.0.0 (revision nine)",
    );
    expect(messages({ trees: tree(["nine"], "godwit") })).to.deep.equal([
      'The repository is at revision nine of "datasets", which no revision file has.',
    ]);
  });

  it("names what an extra row of alembic_version is, as far as a file says", () => {
    const extra = (id: string): string[] =>
      messages({ trees: tree(["one"], "godwit", [{ ...rootRow, revision: "one" }]), alembic: ["one", id] });
    expect(extra("two")[0]).to.include('row two ("datasets", Class 2.0.0)');
    expect(extra("plain")[0]).to.include('row plain ("datasets")');
    expect(extra("early")[0]).to.include('row early ("datasets", Class)');
    expect(extra("nine")[0]).to.include("row nine, which nothing else");
  });
});

const settled =
  "Find out which is true; `godwit stamp` records what the repository itself says of its managers.";
const [elsewhere] = recorded("one", "1.0.0").map((one) => ({ ...one, manager: "other" }));

/** A problem in full, and what is beside it and none. */
const inFull: {
  readonly title: string;
  readonly sources: Partial<Sources>;
  readonly problems: readonly (readonly [code: string, message: string, hint: string])[];
}[] = [
  {
    title: "a version table that no folder has",
    sources: { orphanTables: ["revision_gone"] },
    problems: [
      [
        "unknown-tree",
        'Table "revision_gone" records revisions of a tree that no folder has.',
        "Add the folder of that tree to `revisions` in the configuration.",
      ],
    ],
  },
  {
    title: "each unknown revision once, applied long ago or last, beside those that are known",
    sources: {
      trees: tree(["nine"], "godwit", [
        { ...rootRow, revision: "nine", parent: "eight" },
        { ...rootRow, revision: "eight", parent: "root" },
        rootRow,
      ]),
    },
    problems: ["nine", "eight"].map((id) => [
      "unknown-applied-revision",
      `The repository is at revision ${id} of "datasets", which no revision file has.`,
      "A newer godwit may know it; or add the folder that holds it to `revisions` in the configuration.",
    ]),
  },
  {
    title:
      "an unknown revision without class where the repository records another one, or that of another manager",
    sources: {
      trees: tree(["nine"], "alembic"),
      recorded: [...recorded("one", "1.0.0"), { ...elsewhere!, revision: "nine" }],
    },
    problems: [
      [
        "unknown-applied-revision",
        'The repository is at revision nine of "datasets", which no revision file has.',
        "A newer godwit may know it; or add the folder that holds it to `revisions` in the configuration.",
      ],
    ],
  },
  {
    title: "a version table with a head more than the repository records",
    sources: { trees: tree(["one", "two"], "godwit"), recorded: recorded("one", "1.0.0") },
    problems: [
      [
        "version-table-disagrees",
        'The version table says that "datasets" is at one, two, the repository itself records Class 1.0.0 (one).',
        settled,
      ],
    ],
  },
  {
    title: "nothing of a manager whose tree is not started",
    sources: { recorded: recorded("one", "1.0.0") },
    problems: [],
  },
  {
    title: "a version table of a manager that the repository does not record, though it records others",
    sources: { trees: tree(["one", "two"], "godwit"), recorded: [elsewhere!] },
    problems: [
      [
        "version-table-disagrees",
        'The version table says that "datasets" is at one, two, the repository itself records no such manager.',
        settled,
      ],
    ],
  },
  {
    title: "nothing of a tree that the repository never records",
    sources: { trees: tree(["two"], "godwit"), recorded: [elsewhere!], records: () => false },
    problems: [],
  },
  {
    title: "nothing of a tree that only alembic_version knows",
    sources: { trees: tree(["two"], "alembic"), recorded: [elsewhere!] },
    problems: [],
  },
  {
    title: "a tree at a revision that is not its root, though that of others is recorded",
    sources: {
      trees: tree(["two"], "godwit", [rootRow, { ...rootRow, revision: "two", parent: "root" }]),
      recorded: [elsewhere!],
    },
    problems: [
      [
        "version-table-disagrees",
        'The version table says that "datasets" is at two, the repository itself records no such manager.',
        settled,
      ],
    ],
  },
  {
    title: "a tree whose first revision has a class, so that the repository should record it",
    sources: {
      trees: tree(["one"], "godwit", [{ ...rootRow, revision: "one", branch: "Class" }]),
      recorded: [elsewhere!],
    },
    problems: [
      [
        "version-table-disagrees",
        'The version table says that "datasets" is at one, the repository itself records no such manager.',
        settled,
      ],
    ],
  },
  {
    title: "a tree at its root and at another revision",
    sources: {
      trees: tree(["root", "two"], "godwit", [rootRow, { ...rootRow, revision: "two", branch: "Class" }]),
      recorded: [elsewhere!],
    },
    problems: [
      [
        "version-table-disagrees",
        'The version table says that "datasets" is at root, two, the repository itself records no such manager.',
        settled,
      ],
    ],
  },
  {
    title: "a tree that only alembic_version has where another one has a version table",
    sources: {
      trees: new Map([
        ...tree(["one"], "godwit", [{ ...rootRow, revision: "one" }]),
        ["other", { manager: "other", heads: ["plain"], recordedBy: "alembic", rows: [] }],
      ]),
      alembic: ["one", "plain"],
    },
    problems: [
      [
        "alembic-disagrees",
        'alembic_version has the row plain ("datasets"), which nothing else in the repository says.',
        settled,
      ],
    ],
  },
  {
    title: "rows that alembic_version lacks and has too many, beside those of nobody's managers",
    sources: {
      trees: tree(["one"], "godwit", [{ ...rootRow, revision: "one" }]),
      alembic: ["two", "far"],
      foreign: [{ ...elsewhere!, revision: "far" }],
    },
    problems: [
      ["alembic-disagrees", 'alembic_version lacks the row one, where "datasets" is.', settled],
      [
        "alembic-disagrees",
        'alembic_version has the row two ("datasets", Class 2.0.0), which nothing else in the repository says.',
        settled,
      ],
    ],
  },
  {
    title: "a row that alembic_version lacks for a manager that only the repository records",
    sources: { recorded: recorded("one", "1.0.0"), alembic: ["root"] },
    problems: [["alembic-disagrees", 'alembic_version lacks the row one, where "datasets" is.', settled]],
  },
  {
    title: "a row with a class, or with parents, that nothing else says, for what it is: no root",
    sources: { recorded: recorded("one", "1.0.0"), alembic: ["begun", "one", "plain", "two"] },
    problems: [
      [
        "alembic-disagrees",
        'alembic_version has the row begun ("datasets", Class 1.0.0), which nothing else in the repository says.',
        settled,
      ],
      [
        "alembic-disagrees",
        'alembic_version has the row plain ("datasets"), which nothing else in the repository says.',
        settled,
      ],
      [
        "alembic-disagrees",
        'alembic_version has the row two ("datasets", Class 2.0.0), which nothing else in the repository says.',
        settled,
      ],
    ],
  },
  {
    title: "a row that no file has, where alembic_version is all there is",
    sources: { trees: tree(["one"], "alembic"), alembic: ["one", "nine"] },
    problems: [
      [
        "unknown-applied-revision",
        "alembic_version has the row nine, which no revision file has.",
        "Add the folder that holds it to `revisions` in the configuration.",
      ],
    ],
  },
];

describe("What is said of a disagreement, and what to do", () => {
  for (const { title, sources, problems } of inFull) {
    it(`names ${title}`, () => {
      const found = problemsOf(sources);
      expect(found.map(({ code, message, hint }) => [code, message, hint])).to.deep.equal(problems);
    });
  }
});

describe("Consistency of what a repository records", () => {
  for (const { title, sources, codes } of cases) {
    it(title, () => {
      const problems = problemsOf(sources);
      expect(problems.map((problem) => problem.code)).to.deep.equal(codes);
    });
  }
});
