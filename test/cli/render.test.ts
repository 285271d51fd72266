/** How reports are told to people: what is unusual is said, what is as usual is not. */
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import type { RepairReport } from "../../lib/api/repair/repair.js";
import type { RehearsedStep } from "../../lib/api/rehearse.js";
import type { CurrentReport, HistoryReport, PlannedStep } from "../../lib/api/results.js";
import { printCheck } from "../../lib/cli/render/check.js";
import { printCurrent } from "../../lib/cli/render/current.js";
import { printPlan } from "../../lib/cli/render/plan.js";
import { printRehearsal } from "../../lib/cli/render/rehearsal.js";
import { printRepair, printRepairPlan } from "../../lib/cli/render/repair.js";
import { printRevisions, printSwitches } from "../../lib/cli/render/revisions.js";
import { printRun, runListener } from "../../lib/cli/render/run.js";
import { schemaLines } from "../../lib/cli/render/schema.js";
import { table } from "../../lib/cli/render/table.js";
import { emptyTable } from "../../lib/database/schema/apply.js";
import { column, foreignKey } from "../support/definitions.js";
import { printed } from "../support/printed.js";
import { clean, drift } from "./reports.js";

const step: PlannedStep = {
  revision: "aaaaaaaaaaaa",
  direction: "up",
  manager: "app",
  class: null,
  fromClass: null,
  fromVersion: null,
  toVersion: "1.0.0",
  summary: "Make the tables",
  live: false,
  transactional: true,
  reversible: true,
  compatibility: null,
  changes: "schema",
  tables: [],
  losesData: [],
  options: [],
  providers: [],
  missing: [],
  statements: [],
  notes: [],
};

const quiet = { json: false, verbose: false } as Parameters<typeof printCheck>[1];

describe("A plan, as it is printed", () => {
  it("says why there is nothing to do, where that is known", () => {
    expect(printed(() => printPlan({ steps: [], note: null })).out).to.equal("Nothing to do.\n");
    expect(printed(() => printPlan({ steps: [], note: "Already there." })).out).to.equal("Already there.\n");
  });

  it("names manager, versions and traits of a step, and leaves out what there is not", () => {
    expect(printed(() => printPlan({ steps: [step], note: null })).out).to.equal(
      [
        "1. upgrade app nothing -> 1.0.0 (aaaaaaaaaaaa)",
        "   Make the tables",
        "   needs the repository for itself, one transaction, can be undone",
        "",
      ].join("\n"),
    );
  });

  it("tells everything that a step has", () => {
    const full: PlannedStep = {
      ...step,
      direction: "down",
      class: "Keeper",
      fromVersion: "1.0.0",
      toVersion: null,
      live: true,
      transactional: false,
      reversible: false,
      changes: "content",
      compatibility: { backward: "read", forward: "none" },
      tables: [
        { name: "a", cost: "rewrite", rows: 7, bytes: 1536 },
        { name: "b", cost: "metadata", rows: null, bytes: null },
        { name: "c", cost: "scan", rows: null, bytes: 12 },
      ],
      losesData: [
        { what: "values", count: 3 },
        { what: "rows", count: null },
      ],
      options: [
        { name: "x", description: "one", required: true, value: null },
        { name: "y", description: "two", required: false, value: "2" },
      ],
      providers: [
        { name: "ids", purpose: "tells", required: true, given: true },
        { name: "days", purpose: "counts", required: true, given: false },
        { name: "shifts", purpose: "moves", required: false, given: false },
      ],
      missing: ["code", "option x"],
      notes: ["also: more"],
    };
    expect(
      printed(() => printPlan({ steps: [step, full], note: null }))
        .out.split("\n")
        .slice(4),
    ).to.deep.equal([
      "2. downgrade app Keeper 1.0.0 -> nothing (aaaaaaaaaaaa)",
      "   Make the tables",
      "   others may go on working, several transactions, cannot be undone, changes content only, newer code on an older repository: read, older code on the result: none",
      "   a: rewrite, about 7 rows, 1.5 KiB",
      "   b: metadata",
      "   c: scan, 12 B",
      "   LOSES DATA: values (3)",
      "   LOSES DATA: rows",
      "   option x: one",
      "   option y = 2: two",
      "   provider ids (given): tells",
      "   provider days: counts",
      "   provider shifts (built in): moves",
      "   MISSING: there is no code yet",
      "   MISSING: option x",
      "   also: more",
      "",
    ]);
  });
});

describe("A repair, as it is printed", () => {
  const edit = { file: "butler.yaml", description: "set a class", outcome: "by-hand", backup: null } as const;
  const left = { ...drift, why: "its values are not known" };

  it("is announced with losses, obstacles, edits, and what only a person can settle", () => {
    const mend = {
      subject: "visit",
      summary: "make an index",
      settles: [],
      tables: [{ name: "visit", cost: "scan" }],
      losesData: [{ what: "values of day", count: 3, rows: ["id 1", "id 2"] }],
      statements: [],
      notes: ["a note"],
      obstacle: { code: "x", message: "It is in the way.", hint: "Move it." },
    } as const;
    const { out } = printed(() =>
      printRepairPlan({
        mends: [mend],
        byHand: [left, { ...left, table: "", object: "extension" }],
        edits: [edit],
      }),
    );
    expect(out.split("\n")).to.deep.equal([
      "visit: make an index",
      "   visit: scan",
      "   LOSES DATA: values of day (3)",
      "      id 1",
      "      id 2",
      "      and 1 more",
      "   a note",
      "   REFUSED: It is in the way. Move it.",
      "butler.yaml: set a class",
      'by hand: visit: column "day": its values are not known',
      "by hand: extension: its values are not known",
      "",
    ]);
  });

  it("is announced as none where nothing is to be done", () => {
    expect(printed(() => printRepairPlan({ mends: [], byHand: [], edits: [] })).out).to.equal(
      "Nothing to repair.\n",
    );
    for (const one of [{ byHand: [left] }, { edits: [edit] }])
      expect(printed(() => printRepairPlan({ mends: [], byHand: [], edits: [], ...one })).out).not.to.include(
        "Nothing",
      );
  });

  it("tells what was mended, and what is left, with its reason where that is known", () => {
    const report: RepairReport = { mended: [], refused: [], byHand: [], edits: [], check: clean };
    const told = (more: Partial<RepairReport>): [string, string] => {
      const { out, err } = printed(() => printRepair({ ...report, ...more }));
      return [out, err];
    };
    expect(told({})).to.deep.equal(["Nothing to repair.\n", ""]);
    expect(told({ mended: [{ subject: "visit", summary: "" }] })).to.deep.equal([
      "Mended 1 thing: visit\n",
      "",
    ]);
    const edits = [
      { ...edit, outcome: "done" },
      { ...edit, outcome: "done" },
    ] as const;
    expect(told({ mended: [{ subject: "visit", summary: "" }], edits })).to.deep.equal([
      "Mended 2 things: visit, butler.yaml\n",
      "",
    ]);
    const refused = [{ subject: "run", obstacle: { code: "x", message: "No.", hint: null } }];
    const problems = [{ code: "y", message: "Two say otherwise.", hint: null }];
    const found = { ...drift, table: "run", expected: null, found: "TEXT" };
    const check = { ...clean, problems, drift: [drift, found, { ...drift, class: "variation" as const }] };
    expect(told({ refused, byHand: [left], check })).to.deep.equal([
      "",
      [
        "refused: run: No.",
        "problem: Two say otherwise.",
        'left: visit: column "day": expected BIGINT, found nothing (its values are not known)',
        'left: run: column "day": expected nothing, found TEXT',
        "",
      ].join("\n"),
    ]);
  });
});

describe("A rehearsal, as it is printed", () => {
  const rehearsed: RehearsedStep = {
    revision: "aaaaaaaaaaaa",
    direction: "up",
    manager: "app",
    summary: "",
    durationMs: 1500,
    tables: [],
    locks: [],
    extraBytes: 0,
  };
  const report = {
    copy: { tables: [], durationMs: 100 },
    check: clean,
    needs: { durationMs: 2000, extraBytes: 3_000_000 },
  };

  it("says that there is nothing to do", () => {
    expect(printed(() => printRehearsal({ ...report, steps: [] })).out).to.equal("Nothing to do.\n");
  });

  it("names the tables that cost much, and groups locks", () => {
    const tables = ["a", "b", "c", "d", "e"].map(
      (name) => ({ name, cost: "rewrite", rows: name === "a" ? 5 : null, bytes: null }) as const,
    );
    const many = {
      ...rehearsed,
      tables: [...tables, { name: "f", cost: "metadata", rows: null, bytes: null } as const],
      locks: [
        { table: null, mode: "exclusive" },
        ...tables.map(({ name }) => ({ table: name, mode: "AccessExclusiveLock" })),
      ],
    };
    const { out } = printed(() => printRehearsal({ ...report, steps: [rehearsed, many] }));
    const lines = out.split("\n");
    expect(lines[3]).to.match(/^aaaaaaaaaaaa\s+app\s+1\.5 s\s+.*\s-\s+-$/);
    expect(lines[4]).to.include(
      "rewrite a (5 rows), rewrite b, rewrite c, rewrite d, 1 more, 1 changed in place",
    );
    expect(lines[4]).to.include("exclusive: the file; AccessExclusiveLock: 5 tables");
    expect(out).to.include("The real run will need about 2.0 s").and.include("`check` finds nothing wrong");
  });

  it("tells what check finds afterwards", () => {
    const problems = [{ code: "y", message: "Two say otherwise.", hint: null }];
    const known = { ...drift, explanation: "it is old" };
    const check = { ...clean, problems, drift: [drift, known, { ...drift, class: "variation" as const }] };
    const { out, err } = printed(() => printRehearsal({ ...report, steps: [rehearsed], check }));
    expect(out).to.include("`check` finds 1 problems and 2 differences");
    expect(err).to.equal(
      [
        "problem: Two say otherwise.",
        'difference: visit column "day"',
        'difference: visit column "day": it is old',
        "",
      ].join("\n"),
    );
  });
});

describe("A check, as it is printed", () => {
  it("tells that all is well, with rows where they were looked at, or beside what it was compared with", () => {
    expect(printed(() => printCheck(clean, quiet)).out).to.equal("Everything is as it should be.\n");
    expect(printed(() => printCheck({ ...clean, rows: [] }, quiet)).out).to.equal(
      "Everything is as it should be, every row too.\n",
    );
    expect(printed(() => printCheck(clean, quiet, "other")).out).to.equal(
      "The schema is the same as that of other.\n",
    );
  });

  it("shows harmless differences singly only where more is asked for", () => {
    const harmless = { ...drift, table: "", class: "variation" as const, explanation: "old" };
    const report = {
      ...clean,
      pending: ["a", "b"],
      drift: [harmless, { ...harmless, expected: null, found: "x" }],
    };
    const { out } = printed(() => printCheck(report, quiet));
    expect(out).to.include("2 revisions are pending: godwit plan\nharmless, 2 differences: old\n");
    const { out: all } = printed(() =>
      printCheck({ ...report, pending: ["a"] }, { ...quiet, verbose: true }),
    );
    expect(all)
      .to.include("1 revision is pending")
      .and.match(/-\s+column "day"\s+nothing\s+x/);
    const one = printed(() => printCheck({ ...clean, drift: [harmless] }, quiet)).out;
    expect(one).to.include("harmless, 1 difference: old");
  });

  it("tells problems with what to do, where that is known", () => {
    const problems = [
      { code: "a", message: "One.", hint: "Do it." },
      { code: "b", message: "Two.", hint: null },
    ];
    expect(printed(() => printCheck({ ...clean, ok: false, problems }, quiet)).err).to.equal(
      "problem: One.\n   hint: Do it.\nproblem: Two.\n",
    );
  });
});

describe("A run, as it is printed", () => {
  const current: CurrentReport = {
    repository: { uri: "/repo", dialect: "sqlite", namespace: null, format: null, defaults: null },
    managers: [],
    problems: [],
  };

  it("counts its steps, or says why there were none", () => {
    const committed = { revision: "aaaaaaaaaaaa" } as Parameters<typeof printRun>[0]["steps"][number];
    const told = (steps: (typeof committed)[], note: string | null): string =>
      printed(() => printRun({ steps, note, current }, "Applied")).out;
    expect(told([], null)).to.equal("Nothing to do.\n");
    expect(told([], "Already there.")).to.equal("Already there.\n");
    expect(told([committed], null)).to.equal("Applied 1 step: aaaaaaaaaaaa\n");
    expect(told([committed, committed], null)).to.equal("Applied 2 steps: aaaaaaaaaaaa, aaaaaaaaaaaa\n");
    const problems = [{ code: "y", message: "Two say otherwise.", hint: null }];
    expect(
      printed(() => printRun({ steps: [], note: null, current: { ...current, problems } }, "Applied")).err,
    ).to.equal("problem: Two say otherwise.\n");
  });

  it("is accompanied on standard error", async () => {
    // What is over in a few seconds needs no lines about progress.
    await setTimeout(Math.max(0, 3100 - performance.now()));
    const { err } = printed(() => {
      const tell = runListener(quiet);
      tell({ kind: "warning", message: "beware" });
      tell({ kind: "progress", revision: "a", what: "rows of a", rows: 5n, total: null });
      tell({ kind: "outside-edit", file: "f", description: "d", backup: null });
      tell({ kind: "progress", revision: "a", what: "rows of b", rows: 5n, total: 9n });
      tell({ kind: "outside-edit", file: "f", description: "d", backup: "f.backup-1" });
    });
    expect(err).to.equal(
      [
        "warning: beware",
        "  rows of a: 5 rows",
        "  f: d",
        "  rows of b: 5 of 9 rows",
        "  f: d (the file as it was: f.backup-1)",
        "",
      ].join("\n"),
    );
  });

  it("ends where the repository stands", () => {
    const repository = { ...current.repository, namespace: "s", format: "f00" };
    const told = (defaults: string | null): string =>
      printed(() => printCurrent({ ...current, repository: { ...repository, defaults } })).out;
    expect(told(null)).to.include("/repo (schema s)\nformat f00\n");
    expect(told("29.0.0")).to.include("format f00, the defaults of 29.0.0\n");
  });
});

describe("Revisions, as they are printed", () => {
  const entry: HistoryReport["revisions"][number] = {
    id: "aaaaaaaaaaaa",
    parents: [],
    manager: "app",
    class: null,
    version: null,
    labels: [],
    dependsOn: [],
    summary: "Begin",
    file: null,
    applied: null,
    state: null,
    appliedAt: null,
    appliedBy: null,
    durationMs: null,
  };
  const told = (one: Partial<typeof entry>, detail: "plain" | "full" | "applied"): string =>
    printed(() => printRevisions([{ ...entry, ...one }], detail)).out;

  it("are none where there are none", () => {
    expect(printed(() => printRevisions([], "plain")).out).to.equal("");
    expect(printed(() => printSwitches([])).out).to.equal("");
  });

  it("name class and version where they have them", () => {
    expect(told({}, "plain")).to.equal("app\no aaaaaaaaaaaa  Begin\n");
    expect(told({ class: "Keeper" }, "plain")).to.include("aaaaaaaaaaaa Keeper  Begin");
    expect(told({ class: "Keeper", version: "1.0.0" }, "plain")).to.include(
      "aaaaaaaaaaaa Keeper 1.0.0  Begin",
    );
  });

  it("say when they were applied, and by whom, as far as that is recorded", () => {
    expect(told({}, "applied")).to.include("applied before godwit was used here");
    const appliedAt = "2026-01-01T00:00:00Z";
    expect(told({ appliedAt }, "applied")).to.include(`${appliedAt} by ?\n`);
    expect(told({ appliedAt, appliedBy: "me", durationMs: 3 }, "applied")).to.include(
      `${appliedAt} by me, 3 ms\n`,
    );
  });

  it("are told with file and dependencies where all is asked for", () => {
    expect(told({}, "full")).to.include("parents: none\n").and.not.include("file:");
    expect(told({ parents: ["b"], dependsOn: ["c"], file: "/f.ts" }, "full")).to.match(
      /parents: b\n.*depends on: c\n.*file: \/f\.ts\n/,
    );
  });
});

describe("A schema, in lines", () => {
  it("says what is not as usual", () => {
    const lines = schemaLines({
      tables: [
        {
          ...emptyTable("t"),
          columns: [
            column("a"),
            column("b", { collation: "NOCASE", default: "'x'", nullable: false }),
            column("c", { generated: { expression: "a || b", stored: true } }),
            column("d", { identity: "always", autoincrement: true }),
          ],
          primaryKey: {
            name: "pk",
            columns: ["d"],
            include: ["a"],
            deferrable: "initially-deferred",
            nullsNotDistinct: true,
          },
          foreignKeys: [
            foreignKey(null, ["a"], "o", ["x"]),
            foreignKey("fk", ["a"], "o", ["x"], {
              onDelete: "CASCADE",
              onUpdate: "SET NULL",
              deferrable: "initially-immediate",
              validated: false,
            }),
          ],
        },
        emptyTable("u"),
      ],
      sequences: ["s"],
      views: [],
    });
    expect(lines).to.deep.equal([
      "table=t",
      "  column=a type=TEXT nullable=True default=None [table=t]",
      "  column=b type=TEXT nullable=False default='x' collation=NOCASE [table=t]",
      "  column=c type=TEXT nullable=True default=None generated=(a || b) [table=t]",
      "  column=d type=TEXT nullable=True default=None identity=always autoincrement=True [table=t]",
      "  PK name=pk columns=(d) include=(a) deferrable=initially-deferred nulls_not_distinct=True [table=t]",
      "  FK name=None (a) -> o(x) [table=t]",
      "  FK name=fk (a) -> o(x) on_delete=CASCADE on_update=SET NULL deferrable=initially-immediate validated=False [table=t]",
      "table=u",
      "sequence=s",
    ]);
  });
});

describe("A table of texts", () => {
  it("is as wide as its widest cells, and ends without spaces", () => {
    expect(
      table(
        ["A", "LONG"],
        [
          ["wide", "x"],
          ["y", ""],
        ],
      ),
    ).to.equal("A     LONG\nwide  x\ny");
  });
});
