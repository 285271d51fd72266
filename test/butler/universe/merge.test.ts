/** Carrying a dimension configuration from version to version, with what a repository made of it. */
import { expect } from "chai";
import { RefusedError } from "../../../lib/errors.js";
import { publishedConfiguration } from "../../../lib/butler/universe/canonical.js";
import { sameJson } from "../../../lib/butler/universe/json.js";
import type { JsonObject } from "../../../lib/butler/universe/json.js";
import { mergeConfiguration } from "../../../lib/butler/universe/merge.js";

type Column = Record<string, unknown>;
interface Element extends Record<string, unknown> {
  keys: Column[];
  metadata: Column[];
  requires: string[];
  implies: string[];
}
interface Universe extends Record<string, unknown> {
  version: number;
  elements: Record<string, Element>;
  topology: { spatial: Record<string, string[]> };
  skypix: Record<string, unknown>;
}

/** A copy that a test may change. */
async function copyOf(version: number): Promise<Universe> {
  return structuredClone(await publishedConfiguration(version)) as unknown as Universe;
}

function element(universe: Universe, name: string): Element {
  const found = universe.elements[name];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function column(columns: Column[], name: string): Column {
  const found = columns.find((one) => one["name"] === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function reverseColumns(changed: Element): void {
  changed.metadata = changed.metadata.toReversed();
}

const amplifier = {
  doc: "A part of a detector.",
  keys: [{ name: "id", type: "int" }],
  requires: ["instrument", "detector"],
  storage: { cls: "lsst.daf.butler.registry.dimensions.table.TableDimensionRecordStorage" },
} as unknown as Element;

interface Case {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  /** What the repository did. */
  readonly change: (own: Universe) => void;
  /** What is reported as kept. */
  readonly kept: readonly string[];
  /** The same change, made to the new version: what is to come out, documentation aside. */
  readonly result?: (to: Universe) => void;
}

const cases: readonly Case[] = [
  { what: "nothing", from: 5, to: 6, change: () => {}, kept: [] },
  {
    what: "texts of documentation, inside of lists too",
    from: 6,
    to: 7,
    change: (own) => {
      element(own, "exposure")["doc"] = "Other words.";
      for (const one of element(own, "exposure").metadata) one["doc"] = "Other words.";
    },
    kept: [],
    result: () => {},
  },
  ...[
    [2, 3],
    [4, 5],
    [5, 6],
    [6, 7],
    [7, 8],
    [8, 7],
    [7, 6],
    [5, 4],
    [3, 2],
  ].map(([from = 0, to = 0]): Case => ({
    what: `a dimension added (${from} to ${to})`,
    from,
    to,
    change: (own) => (own.elements["amplifier"] = amplifier),
    kept: ["elements.amplifier"],
  })),
  {
    what: "a column added to a table that the new version changes too",
    from: 6,
    to: 7,
    change: (own) => element(own, "exposure").metadata.push({ name: "weather", type: "string", length: 16 }),
    kept: ["elements.exposure.metadata.weather"],
    result: (to) => element(to, "exposure").metadata.push({ name: "weather", type: "string", length: 16 }),
  },
  {
    what: "another length that the new version leaves alone",
    from: 6,
    to: 7,
    change: (own) => (column(element(own, "detector").metadata, "name_in_raft")["length"] = 64),
    kept: ["elements.detector.metadata.name_in_raft.length"],
  },
  {
    what: "the length that the new version has",
    from: 4,
    to: 5,
    change: (own) => (column(element(own, "instrument").keys, "name")["length"] = 32),
    kept: [],
    result: () => {},
  },
  {
    what: "columns in another order, in a table that the new version leaves alone",
    from: 6,
    to: 7,
    change: (own) => reverseColumns(element(own, "detector")),
    kept: ["elements.detector.metadata"],
  },
  {
    what: "another dimension required",
    from: 6,
    to: 7,
    change: (own) => element(own, "detector").requires.push("physical_filter"),
    kept: ["elements.detector.requires"],
  },
  {
    what: "a system of pixels added",
    from: 6,
    to: 7,
    change: (own) => (own.skypix["own"] = { class: "lsst.sphgeom.HtmPixelization", max_level: 3 }),
    kept: ["skypix.own"],
  },
  {
    what: "an element removed that the new version leaves alone",
    from: 6,
    to: 7,
    change: (own) => delete own.elements["subfilter"],
    kept: ["elements.subfilter"],
  },
];

describe("A dimension configuration on its way to another version", () => {
  for (const { what, from, to, change, kept, result = change } of cases) {
    it(`keeps what the repository made of it: ${what}`, async () => {
      const own = await copyOf(from);
      change(own);
      const merge = mergeConfiguration(
        await publishedConfiguration(from),
        await publishedConfiguration(to),
        own as unknown as JsonObject,
      );
      const expected = await copyOf(to);
      result(expected);
      expect(sameJson(merge.result, expected as unknown as JsonObject)).to.equal(true);
      expect(merge.kept).to.deep.equal(kept);
    });
  }

  const conflicts: readonly {
    readonly what: string;
    readonly from: number;
    readonly to: number;
    readonly change: (own: Universe) => void;
    readonly named: string;
  }[] = [
    {
      what: "another length than both",
      from: 4,
      to: 5,
      change: (own) => (column(element(own, "instrument").keys, "name")["length"] = 64),
      named: "elements.instrument.keys.name.length",
    },
    {
      what: "an element removed that the new version changes",
      from: 4,
      to: 5,
      change: (own) => delete own.elements["instrument"],
      named: "elements.instrument",
    },
    {
      what: "an element added that the new version adds otherwise",
      from: 5,
      to: 6,
      change: (own) => (own.elements["group"] = amplifier),
      named: "elements.group",
    },
    {
      what: "a column added that the new version adds with another type",
      from: 6,
      to: 7,
      change: (own) => element(own, "exposure").metadata.push({ name: "can_see_sky", type: "int" }),
      named: "elements.exposure.metadata.can_see_sky",
    },
    {
      what: "a column removed that the new version changes",
      from: 2,
      to: 3,
      change: (own) => {
        const visit = element(own, "visit");
        visit.metadata = visit.metadata.filter((one) => one["name"] !== "observation_reason");
      },
      named: "elements.visit.metadata.observation_reason",
    },
    {
      what: "the columns of a table put into another order, where the new version changes them",
      from: 6,
      to: 7,
      change: (own) => reverseColumns(element(own, "exposure")),
      named: "elements.exposure.metadata",
    },
  ];
  for (const { what, from, to, change, named } of conflicts) {
    it(`is refused, naming it: ${what}`, async () => {
      const own = await copyOf(from);
      change(own);
      const published = [await publishedConfiguration(from), await publishedConfiguration(to)] as const;
      expect(() => mergeConfiguration(...published, own as unknown as JsonObject))
        .to.throw(RefusedError)
        .that.satisfies((error: RefusedError) => error.message.includes(`at ${named},`));
    });
  }
});
