import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { revisionsPage, revisionsText } from "../../scripts/revisions-page.js";

describe("The page of all revisions", function () {
  this.timeout(240_000);

  it("is what the revisions declare and the plans of real repositories say (S6.5)", async () => {
    const written = await readFile(revisionsPage, "utf8");
    expect(await revisionsText(), "run: npm run docs:revisions").to.equal(written);
  });
});
