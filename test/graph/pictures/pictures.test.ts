import { expect } from "chai";
import { drawPicture, type Picture } from "../../../lib/graph/pictures/index.js";

const revision = {
  dependsOn: [],
  labels: [],
  manager: "store",
  class: null,
  version: null,
  state: null,
} as const;
const picture: Picture = {
  title: 'Trees of "store" & <others>',
  revisions: [
    {
      ...revision,
      id: "new2",
      parents: ["new1"],
      class: "New",
      version: "2.0.0",
      summary: "</script><b>bold</b>",
      state: "pending",
    },
    {
      ...revision,
      id: "new1",
      parents: ["root"],
      class: "New",
      version: "1.0.0",
      summary: 'says "no"',
      state: "current",
    },
    {
      ...revision,
      id: "old1",
      parents: ["root"],
      class: "Old",
      version: "1.0.0",
      summary: "old",
      state: "applied",
    },
    { ...revision, id: "root", parents: [], summary: "root", state: "applied" },
    {
      ...revision,
      id: "app1",
      parents: [],
      manager: "app",
      dependsOn: ["new1"],
      summary: "needs a store",
      state: "absent",
    },
  ],
  switches: [{ manager: "store", from: "old1", to: "new1", summary: "old to new" }],
};

/** Tags that are opened and never closed. */
function unclosed(markup: string): string[] {
  const open: string[] = [];
  for (const [, close = "", name = "", rest = ""] of markup.matchAll(
    /<(\/?)([a-zA-Z]+)((?:"[^"]*"|[^">])*)>/g,
  )) {
    if (close === "/") expect(open.pop(), `</${name}>`).to.equal(name);
    else if (!rest.endsWith("/")) open.push(name);
  }
  return open;
}

describe("A picture of the trees", () => {
  it("as SVG is well-formed, holds every revision and arrow, and text only as text", async () => {
    const svg = await drawPicture(picture, "svg");
    expect(unclosed(svg.replace(/<style>.*<\/style>/s, ""))).to.deep.equal([]);
    for (const { id } of picture.revisions) expect(svg).to.include(`>${id}</text>`);
    expect(svg.match(/<path class="parent"/g)).to.have.length(3);
    expect(svg.match(/<path class="switch"/g)).to.have.length(1);
    expect(svg.match(/<path class="dependsOn"/g)).to.have.length(1);
    expect(svg).to.not.include("<b>");
    expect(svg).to.include("&lt;others&gt;");
  });

  it("puts roots at the bottom, and no two revisions in one place", async () => {
    const svg = await drawPicture(picture, "svg");
    const places = [
      ...svg.matchAll(
        /class="revision[^"]*" transform="translate\(([\d.]+) ([\d.]+)\)"[\s\S]*?class="id"[^>]*>(\w+)</g,
      ),
    ];
    const y = Object.fromEntries(places.map(([, , at, id]) => [id, Number(at)]));
    expect(y["root"])
      .to.be.greaterThan(y["old1"] ?? Infinity)
      .and.greaterThan(y["new1"] ?? Infinity);
    expect(y["new1"]).to.be.greaterThan(y["new2"] ?? Infinity);
    expect(new Set(places.map(([, x, at]) => `${x} ${at}`)).size).to.equal(picture.revisions.length);
  });

  it("as HTML needs no network, and cannot be broken out of by a summary", async () => {
    const html = await drawPicture(picture, "html");
    expect(html.match(/<script[\s>]/g)).to.have.length(2);
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).to.not.match(/https?:|src=|@import|url\((?!#)/);
    const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    expect(JSON.parse(data)).to.deep.include({ revisions: picture.revisions });
    expect(html)
      .to.include('name="viewport"')
      .and.to.match(/tabindex="0" role="button" data-id="new1"/);
  });

  it("as Mermaid draws parents, needs and switches apart", async () => {
    const mermaid = await drawPicture(picture, "mermaid");
    expect(mermaid).to.include("r3 --> r1").and.include("r1 -.->|needs| r4").and.include("r2 ==>|switch| r1");
    expect(mermaid).to.include('subgraph t1["store"]').and.include(":::current");
  });

  it("as dot quotes what is not plain", async () => {
    const dot = await drawPicture(picture, "dot");
    expect(dot).to.include('digraph "Trees of \\"store\\" & <others>" {').and.include('"root" -> "old1";');
    expect(dot).to.include('"old1" -> "new1" [style=bold');
  });

  it("as JSON says all that is drawn", async () => {
    const { revisions, edges } = JSON.parse(await drawPicture(picture, "json")) as {
      revisions: unknown[];
      edges: unknown[];
    };
    expect(revisions).to.deep.equal(picture.revisions);
    expect(edges).to.deep.include({ kind: "switch", from: "old1", to: "new1", summary: "old to new" });
  });

  it("shows neither states nor colours where no repository was asked", async () => {
    const [bare] = [
      { ...picture, revisions: picture.revisions.map((one) => ({ ...one, state: null })) } satisfies Picture,
    ];
    expect(await drawPicture(bare, "html"))
      .to.include('data-id="new1" aria-label="store New 1.0.0 new1, revision: says &quot;no&quot;"')
      .and.include("<td>root<td><td>root");
    const unversioned: Picture = {
      title: "No version",
      revisions: [{ ...revision, id: "a", parents: [], class: "Early", summary: "" }],
      switches: [],
    };
    expect(await drawPicture(unversioned, "svg")).to.include(">Early</text>");
    expect(await drawPicture(bare, "mermaid")).to.not.include(":::");
    expect(await drawPicture(bare, "dot")).to.not.include("fillcolor");
  });

  it("cuts what is too long for a box, and keeps the whole in its title", async () => {
    const summary = "renames every column of every table, one after the other";
    const long: Picture = {
      title: "Long",
      revisions: [
        {
          ...revision,
          id: "b",
          parents: ["a"],
          class: "ByDimensionsDatasetRecordStorageManager",
          version: "1.0.0",
          summary: "",
        },
        { ...revision, id: "a", parents: [], summary },
      ],
      switches: [],
    };
    const svg = await drawPicture(long, "svg");
    expect(svg).to.include(`<title>${summary}</title>`).and.include(">renames every column of e…<");
    expect(svg).to.match(/>ByDimension…[^<]*1\.0\.0</);
    expect(svg).to.not.include(">ByDimensionsDatasetRecordStorageManager 1.0.0</text>");
  });

  it("escapes what Mermaid would read", async () => {
    const odd: Picture = {
      title: "Odd",
      revisions: [{ ...revision, id: "a", parents: [], summary: 'a "quote" & #1' }],
      switches: [],
    };
    expect(await drawPicture(odd, "mermaid")).to.include("a #34;quote#34; #38; #35;1");
  });

  it("leads arrows from tree to tree in either direction, and down where a switch leads back", async () => {
    const later = { ...revision, id: "z1", parents: [], manager: "z", dependsOn: ["a1"], summary: "" };
    const first = { ...revision, id: "a1", parents: [], manager: "a", summary: "" };
    const right = await drawPicture({ title: "Right", revisions: [later, first], switches: [] }, "svg");
    const [, from = "", to = ""] = /class="dependsOn" d="M([\d.]+) .* ([\d.]+) [\d.]+"/.exec(right) ?? [];
    expect(Number(from)).to.be.lessThan(Number(to));
    const many = Array.from({ length: 500 }, (_, at) => ({
      ...revision,
      id: `r${at}`,
      parents: at === 499 ? [] : [`r${at + 1}`],
      summary: "",
    }));
    const switches = [{ manager: "store", from: "r0", to: "r400", summary: "" }];
    const svg = await drawPicture({ title: "Down", revisions: many, switches }, "svg");
    const [, top = "", bottom = ""] =
      /class="switch" d="M[\d.]+ ([\d.]+) .* [\d.]+ ([\d.]+)"/.exec(svg) ?? [];
    expect(Number(top)).to.be.lessThan(Number(bottom));
  });

  it("is drawn of nothing, too, and of a tree of a thousand revisions", async () => {
    for (const format of ["svg", "html", "mermaid", "dot", "json"] as const)
      expect(await drawPicture({ title: "Nothing", revisions: [], switches: [] }, format)).to.include(
        format === "dot" ? "digraph" : "",
      );
    const many = Array.from({ length: 1000 }, (_, at) => ({
      ...revision,
      id: `r${at}`,
      parents: at === 999 ? [] : [`r${at + 1}`],
      summary: "",
    }));
    expect(await drawPicture({ title: "Many", revisions: many, switches: [] }, "svg")).to.include(
      ">r500</text>",
    );
  });
});
