import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { databases } from "../databases.js";
import { copyFixture, fixtureNames } from "../fixtures.js";
import { compare } from "./compare.js";
import { describeFixture } from "./describe.js";
import { itemLists, type Description } from "./description.js";
import { readFresh, readGolden } from "./golden.js";
import { canonical, parseExact, type Json } from "./json.js";

/** Numbers of differences: by default, strict, schema only. */
type Verdict = readonly [number, number, number];

type Edit = readonly [path: readonly (string | number)[], what: "set" | "remove", value?: Json];

interface Verdicts {
  readonly descriptions: Record<"sqlite" | "postgres", Record<string, string>>;
  readonly pairs: Record<"sqlite" | "postgres", readonly (readonly [string, string | null, Verdict])[]>;
  readonly edits: Record<"sqlite" | "postgres", readonly (readonly [string, readonly Edit[], Verdict])[]>;
}

const verdictsFile = new URL("../../../../test/fixtures/verdicts.json", import.meta.url);
const verdicts = parseExact(await readFile(verdictsFile, "utf8")) as unknown as Verdicts;

function verdictOf(expected: Description, actual: Description): Verdict {
  return [
    compare(expected, actual).length,
    compare(expected, actual, { detail: "strict" }).length,
    compare(expected, actual, { scope: "schema" }).length,
  ];
}

/** A digest in which the order of tables, constraints and rows does not matter. */
function digest({ schema, rows = {} }: Description): string {
  const lists: readonly string[] = ["columns", ...itemLists];
  const lines: Json[] = [
    ["backend", schema.backend],
    ["extra", schema.extra],
    ["sequences", schema.sequences],
  ];
  for (const [name, table] of Object.entries(schema.tables)) {
    for (const [key, value] of Object.entries(table) as [string, Json][]) {
      const items = lists.includes(key) ? (value as Json[]) : [value];
      lines.push(...items.map((item): Json => [name, key, item]));
    }
  }
  for (const [name, table] of Object.entries(rows)) {
    lines.push([name, table.columns], ...table.rows.map((row): Json => [name, row]));
  }
  const texts = lines.map((line) => Buffer.from(canonical(line))).toSorted((a, b) => Buffer.compare(a, b));
  return createHash("sha256")
    .update(texts.map((text) => text.toString()).join("\n"))
    .digest("hex");
}

function applyEdits(golden: Description, edits: readonly Edit[]): Description {
  const edited = structuredClone(golden);
  delete edited.meta;
  for (const [path, what, value = null] of edits) {
    let place = edited as unknown as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) place = place[key] as typeof place;
    const last = path.at(-1)!;
    if (what === "set") place[last] = value;
    else if (Array.isArray(place)) place.splice(Number(last), 1);
    else delete place[last];
  }
  return edited;
}

for (const { title, dialect } of databases) {
  describe(`Comparison of ${title} databases`, () => {
    it("describes every repository as the reference does", async () => {
      const names = await fixtureNames(dialect);
      expect(Object.keys(verdicts.descriptions[dialect])).to.deep.equal(names);
      for (const name of names) {
        const description = await describeFixture(await copyFixture(name, dialect));
        expect(digest(description), name).to.equal(verdicts.descriptions[dialect][name]);
      }
    });

    it("agrees with the reference on the goldens of other migrations, and on fresh schemas", async () => {
      expect(verdicts.pairs[dialect]).to.have.length.above(40);
      for (const [name, other, verdict] of verdicts.pairs[dialect]) {
        const golden = (await readGolden(dialect, name))!;
        const actual = other === null ? await readFresh(dialect, name) : await readGolden(dialect, other);
        expect(verdictOf(golden, actual!), `${name} and ${other ?? "fresh"}`).to.deep.equal(verdict);
      }
    });

    it("agrees with the reference on goldens that were edited", async () => {
      expect(verdicts.edits[dialect]).to.have.length.above(80);
      for (const [name, edits, verdict] of verdicts.edits[dialect]) {
        const golden = (await readGolden(dialect, name))!;
        const actual = applyEdits(golden, edits);
        expect(verdictOf(golden, actual), `${name} ${JSON.stringify(edits)}`).to.deep.equal(verdict);
      }
    });
  });
}
