/** What is told, word for word, where a target cannot be reached: each message names the thing at fault, each hint what to type. */
import { expect } from "chai";
import {
  type AppliedState,
  buildGraph,
  historyOf,
  planDowngrade,
  planStamp,
  planUpgrade,
  resolveRevision,
} from "../../../lib/graph/index.js";
import { failure } from "./failure.js";
import { map, standingOn } from "./map.js";
import { butler, plain } from "./policies.js";

const graph = map(`
  store  root
  store  old1 <- root  Old 1.0.0
  store  old2 <- old1  Old 2.0.0
  store  new1 <- root  New 1.0.0
  store  new2 <- new1  New 2.0.0
  store  old2 <=> new1
  fork   aaaa          labels: bottom
  fork   bbbb <- aaaa
  fork   cccc <- aaaa
  fork   dddd <- aaaa
  pair   left
  pair   right
  app-2  only
`);

const nothing = standingOn({});
const old2 = standingOn({ store: "old2" });
const parted = standingOn({ fork: ["bbbb", "cccc"], store: "old2" });
const atTheEnd = standingOn({ store: "old2", fork: "dddd", pair: ["left", "right"], "app-2": "only" });

/** Where nothing better is known: how to see what there is. */
const general =
  "`godwit history` lists the revisions, `godwit history -i` with marks where the repository stands.";

type Case = readonly [target: string, state: AppliedState, message: string, hint?: string | undefined];

const lookups: readonly Case[] = [
  ["@head", nothing, "'' is no tree, class, label or revision."],
  ["stora@head", nothing, "'stora' is no tree, class, label or revision.", "Did you mean store?"],
  ["", nothing, "There is no revision or label ''."],
  ["dddx", nothing, "There is no revision or label 'dddx'.", "Did you mean dddd?"],
  ["store@bottom", nothing, "aaaa (map.txt:8) of fork is not a part of store."],
  ["store-New@old1", nothing, "old1 (map.txt:3) of store is not a part of store-New."],
  ["new2@aaaa", nothing, "aaaa (map.txt:8) of fork is not a part of new2."],
  ["store@bott", nothing, "store has no revision, version or label 'bott'.", "Its versions: 1.0.0, 2.0.0."],
  [
    "store@haed",
    nothing,
    "store has no revision, version or label 'haed'.",
    "Did you mean head? Its versions: 1.0.0, 2.0.0.",
  ],
  [
    "store@bsae",
    nothing,
    "store has no revision, version or label 'bsae'.",
    "Did you mean base? Its versions: 1.0.0, 2.0.0.",
  ],
  [
    "store@2.0.1",
    nothing,
    "store has no revision, version or label '2.0.1'.",
    "Did you mean 2.0.0? Its versions: 1.0.0, 2.0.0.",
  ],
  [
    "store@1.0.0",
    nothing,
    "'1.0.0' may be any of: old1 (map.txt:3) of store-Old, new1 (map.txt:5) of store-New.",
    "Give more of it.",
  ],
  [
    "pair",
    nothing,
    "'pair' may be any of: left (map.txt:12) of pair, right (map.txt:13) of pair.",
    "Give more of it.",
  ],
];

const doesNotLeadUp = "An upgrade takes `+1` and more; `godwit downgrade` takes `-1` and more.";

const upgrades: readonly Case[] = [
  ["-1", old2, "'-1' does not lead up.", doesNotLeadUp],
  ["+0", old2, "'+0' does not lead up.", doesNotLeadUp],
  ["old2-3", nothing, "'old2-3' ends before the first revision."],
  ["old2-4", nothing, "'old2-4' ends before the first revision."],
  ["store@base-1", nothing, "'store@base-1' ends before the first revision."],
  ["old2+1", nothing, "'old2+1' leads past the last revision."],
  ["+1", atTheEnd, "'+1' leads past the last revision: no tree has one left above."],
  [
    "+1",
    standingOn({ store: "old1", fork: "aaaa" }),
    "'+1' may mean any of fork, store.",
    "godwit upgrade fork@+1\ngodwit upgrade store@+1",
  ],
  [
    "fork@+1",
    parted,
    "fork stands on several revisions: bbbb (map.txt:9), cccc (map.txt:10).",
    "Count from one of them: bbbb+1 or cccc+1.",
  ],
  [
    "store-New@+1",
    old2,
    "store does not stand on store-New, so there is nothing to count from.",
    "Name the revision or version to reach, as `store-New@head`.",
  ],
  [
    "aaaa+1",
    nothing,
    "'aaaa+1' can go on from aaaa (map.txt:8) to any of bbbb (map.txt:9), cccc (map.txt:10), dddd (map.txt:11).",
    "Name the revision.",
  ],
  [
    "store-Old@2.0.0",
    standingOn({ store: "new2" }),
    "No switch leads from new2 (map.txt:6) to old2 (map.txt:4): the switch new1 → old2 (back) starts below the current revision.",
    "godwit downgrade new1, then upgrade to old2.",
  ],
];

/** What a tree stands on, or would. */
const positions: readonly Case[] = [
  [
    "fork@head",
    standingOn({ fork: "aaaa" }),
    "The branch of fork has 3 tips: bbbb (map.txt:9) and cccc (map.txt:10) and dddd (map.txt:11).",
    "Merge them (`godwit revision merge fork bbbb cccc dddd`), or say which is meant: bbbb or cccc or dddd.",
  ],
  [
    "store@head",
    nothing,
    "store has 2 tips: old2 (map.txt:4) and new2 (map.txt:6).",
    "Say which is meant: store-Old@head or store-New@head.",
  ],
  [
    "store@head",
    standingOn({ store: "gone" }),
    "store stands on gone, which no revision file has.",
    "Add the place of its file to `revisions` in the configuration, or settle it with `godwit stamp`.",
  ],
  [
    "cccc",
    standingOn({ fork: "bbbb" }),
    "fork would stand on several revisions at once: bbbb (map.txt:9) and cccc (map.txt:10).",
    "Merge them first: `godwit revision merge fork bbbb cccc`.",
  ],
];

const howToWriteARange = "A range is `A:B`, `A:` or `:B`.";

const ranges: readonly (readonly [range: string, message: string, hint?: string])[] = [
  ["root:old1:old2", "'root:old1:old2' has more than one ':'.", howToWriteARange],
  ["old1", "'old1' is no range.", howToWriteARange],
  [":current", "':current' needs a repository.", "Name one with --repo."],
  ["old2:old1", "old2 is not below 'old1'."],
];

const downgrades: readonly Case[] = [
  ["+1", old2, "'+1' does not lead down.", "A downgrade takes `-1` and more."],
  ["-0", old2, "'-0' does not lead down.", "A downgrade takes `-1` and more."],
  [
    "fork@heads",
    standingOn({ fork: "aaaa" }),
    "'fork@heads' names several revisions: bbbb (map.txt:9), cccc (map.txt:10), dddd (map.txt:11).",
    "Name one.",
  ],
  ["new2", old2, "new2 (map.txt:6) of store is not applied, so there is no way down to it."],
  ["dddd@aaaa", parted, "Nothing that was reached from aaaa (map.txt:8) leads to dddd (map.txt:11)."],
  ["store@-1", nothing, "'store@-1' leads past the first revision: only 0 can be undone."],
  ["store@-4", old2, "'store@-4' leads past the first revision: only 3 can be undone."],
  ["store-New@-1", old2, "store does not stand on store-New, so there is nothing to count from."],
  [
    "fork@-1",
    parted,
    "Which of these was applied last is not recorded: bbbb (map.txt:9) of fork, cccc (map.txt:10) of fork.",
    "godwit downgrade bbbb-1\ngodwit downgrade cccc-1",
  ],
];

const stamps: readonly Case[] = [
  [
    "-1",
    old2,
    "'-1' is a relative target, and a stamp records an absolute one.",
    "Name a revision, a version, `head` or `base`.",
  ],
  [
    "store-Old@head-1",
    old2,
    "'store-Old@head-1' is a relative target, and a stamp records an absolute one.",
    "Name a revision, a version, `head` or `base`.",
  ],
  ["old2 old1", nothing, "old1 (map.txt:3) is below old2 (map.txt:4): naming the upper one is enough."],
  [
    "bbbb cccc",
    nothing,
    "fork would stand on several revisions at once: bbbb (map.txt:9) and cccc (map.txt:10).",
    "Name one of them.",
  ],
];

function expectTold(cases: readonly Case[], plan: (state: AppliedState, target: string) => unknown): void {
  for (const [target, state, message, hint = general] of cases)
    it(`'${target}': ${message}`, () => {
      const error = failure(() => plan(state, target));
      expect([error.message, error.hint]).to.deep.equal([message, hint]);
    });
}

describe("What is told of a name that cannot be looked up", () => {
  expectTold(lookups, (state, target) => planUpgrade(graph, state, [target], plain));
});

describe("What is told of an upgrade that cannot be", () => {
  expectTold(upgrades, (state, target) => planUpgrade(graph, state, [target], plain));

  it("that starts from several tips", () => {
    const several = standingOn({ store: "old1", "app-2": "only" });
    const error = failure(() => planUpgrade(graph, several, ["head-1"], butler));
    expect([error.code, error.hint]).to.deep.equal(["multiple-heads", "Name one tree: `MANAGER@head-1`."]);
  });
});

describe("What is told of what a tree cannot stand on", () => {
  expectTold(positions, (state, target) => planUpgrade(graph, state, [target], butler));
});

describe("What is told of a range that is none", () => {
  expectTold(
    ranges.map(([range, message, hint]) => [range, nothing, message, hint]),
    (_, range) => historyOf(graph, null, range),
  );
});

describe("What is told of a name that is not one revision", () => {
  expectTold(
    [
      ["base", nothing, "'base' stands for no revision."],
      ["old1+1", nothing, "'old1+1' stands for no revision."],
      [
        "fork@heads",
        nothing,
        "'fork@heads' stands for several revisions.",
        "Name one: `godwit heads` shows them.",
      ],
    ],
    (_, name) => resolveRevision(graph, name),
  );
});

describe("What is told of a downgrade that cannot be", () => {
  expectTold(downgrades, (state, target) => planDowngrade(graph, state, target));

  it("that leads back over a switch without a way back", () => {
    const oneWay = buildGraph(
      graph.revisions,
      graph.switches.map((edge) => ({ ...edge, reversible: false })),
    );
    const chain = [null, "root", "old1", "old2", "new1"];
    const state: AppliedState = {
      heads: new Map([["store", ["new1"]]]),
      order: chain.slice(1).map((id, at) => ({
        seq: BigInt(at + 1),
        manager: "store",
        revision: id!,
        parent: chain[at] ?? null,
      })),
    };
    const error = failure(() => planDowngrade(oneWay, state, "old2"));
    expect([error.message, error.hint]).to.deep.equal([
      "The switch from old2 (map.txt:4) to new1 (map.txt:5) cannot be gone back over.",
      "Go back to a backup or a copy that was made before it.",
    ]);
  });
});

describe("What is told of a stamp that cannot be", () => {
  expectTold(stamps, (state, targets) =>
    planStamp(graph, state, targets.split(" "), { ...butler, rows: "keep" }),
  );
});

describe("What is told of a plan without steps", () => {
  const standing = standingOn({ store: "old2", fork: "aaaa" });
  const upgraded: readonly (readonly [targets: readonly string[], note: string])[] = [
    [["root"], "Nothing to do: root of store is applied already."],
    [["root", "aaaa"], "Nothing to do: root of store, aaaa of fork are applied already."],
    [["base"], "Nothing to do."],
  ];
  for (const [targets, note] of upgraded)
    it(`up to ${targets.join(" and ")}: ${note}`, () => {
      expect(planUpgrade(graph, standing, targets, butler)).to.deep.equal({ steps: [], note });
    });

  it("down to where the tree stands", () => {
    const note = "Nothing to do: nothing above 'old2' is applied.";
    expect(planDowngrade(graph, standing, "old2")).to.deep.equal({ steps: [], note });
  });

  it("is nothing where there are steps", () => {
    expect(planUpgrade(graph, standing, ["bbbb"], butler).note).to.equal(null);
    expect(planDowngrade(graph, standing, "old1").note).to.equal(null);
  });
});
