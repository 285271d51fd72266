import { expect } from "chai";
import textWidth from "../../lib/cli/text-width.js";

describe("The width of a text in the help", () => {
  it("is its number of characters, whatever their number of code units", () => {
    expect(["", "plain", "größe", "𝛼𝛽"].map((text) => textWidth(text))).to.deep.equal([0, 5, 5, 2]);
  });
});
