import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { drawPicture } from "../../../lib/graph/pictures/index.js";

const browser = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
);
const revision = { dependsOn: [], labels: [], manager: "store", class: "Store", state: "applied" } as const;

/** Presses keys on the page, tells after each what is chosen, and whether the page is wider than its window. */
const visitor = `
const told = [];
const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const tell = () => told.push(document.activeElement.dataset?.id + ": " + document.querySelector("#details h2")?.textContent);
document.querySelector("[data-id=base]").focus(); tell();
press("ArrowUp"); tell();
press("ArrowRight"); tell();
press("ArrowDown"); tell();
const find = document.getElementById("find");
find.value = "right"; find.dispatchEvent(new Event("input"));
find.focus(); press("Enter"); tell();
told.push("faded: " + [...document.querySelectorAll(".faded")].map((box) => box.dataset.id).join(" "));
told.push("overflow: " + (document.documentElement.scrollWidth > innerWidth));
document.title = JSON.stringify(told);
`;

describe("The page of the trees in a browser", () => {
  let folder = "";
  before(function () {
    if (browser === undefined) this.skip();
    folder = mkdtempSync(path.join(tmpdir(), "godwit-page-"));
  });
  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true });
  });

  for (const size of ["390,844", "1280,900"])
    it(`is walked with the keyboard, finds, and fits a window of ${size}`, function () {
      this.timeout(60_000);
      return visit(size);
    });

  async function visit(size: string): Promise<void> {
    const html = await drawPicture(
      {
        title: "Trees",
        revisions: [
          {
            ...revision,
            id: "right",
            parents: ["base"],
            version: "2",
            summary: "to the right",
            state: "pending",
          },
          {
            ...revision,
            id: "left",
            parents: ["base"],
            version: "1",
            summary: "to the left",
            state: "current",
          },
          { ...revision, id: "base", parents: [], version: "0", summary: "the first" },
        ],
        switches: [{ manager: "store", from: "left", to: "right", summary: "over" }],
      },
      "html",
    );
    const file = path.join(folder, "page.html");
    writeFileSync(file, html.replace("</html>", `<script>${visitor}</script></html>`));
    const seen = spawnSync(
      browser ?? "",
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        `--window-size=${size}`,
        `--user-data-dir=${folder}/profile`,
        "--dump-dom",
        `file://${file}`,
      ],
      { encoding: "utf8" },
    );
    const title = /<title>(.*?)<\/title>/.exec(seen.stdout)?.[1] ?? seen.stderr;
    expect(JSON.parse(title)).to.deep.equal([
      "base: store Store 0 — base",
      "right: store Store 2 — right",
      "left: store Store 1 — left",
      "base: store Store 0 — base",
      "right: store Store 2 — right",
      "faded: left base",
      "overflow: false",
    ]);
  }
});
