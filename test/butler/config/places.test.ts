/** Places as a Butler's configuration names them, and values that are put into it. */
import { expect } from "chai";
import { homedir } from "node:os";
import { isRemote, pathOf, withoutPassword } from "../../../lib/butler/config/paths.js";
import { withValues } from "../../../lib/butler/config/relocate.js";
import { failure } from "../../graph/trees/failure.js";

describe("A place in a configuration", () => {
  it("may be a URI, or hold variables and ~", () => {
    const environment = { HOME: "/home/me", DATA: "/data" };
    for (const [text, path] of [
      ["file:///a%20b/c", "/a b/c"],
      ["file://localhost/a", "/a"],
      ["file:a", "a"],
      ["~/x", "/home/me/x"],
      ["$DATA/x", "/data/x"],
      ["${DATA}x", "/datax"],
      ["$NOSUCH/~x", "$NOSUCH/~x"],
    ] as const)
      expect(pathOf(text, environment), text).to.equal(path);
    expect(pathOf("~", {})).to.equal(homedir());
    expect(failure(() => pathOf("file:///a%zz", {})).code).to.equal("bad-uri");
  });

  it("may be on another computer, and is shown without its password", () => {
    expect(["s3://bucket/x", "file:///x", "/x", "a:b"].map(isRemote)).to.deep.equal([
      true,
      false,
      false,
      false,
    ]);
    expect(withoutPassword("postgresql://me:secret@host/db")).to.equal("postgresql://me@host/db");
  });
});

describe("Values that a copy puts into its configuration", () => {
  const set = (text: string, keys: string[]): string =>
    withValues(text, [{ keys, value: "new" }], "butler.yaml");

  it("take the place of old ones, or stand before the first key", () => {
    expect(set("registry:\n  db: old # kept\n", ["registry", "db"])).to.equal(
      'registry:\n  db: "new" # kept\n',
    );
    expect(set("registry:\n  db: old\n", ["registry", "namespace"])).to.equal(
      'registry:\n  namespace: "new"\n  db: old\n',
    );
    expect(set("registry: { db: old }\n", ["registry", "namespace"])).to.equal(
      'registry: { namespace: "new", db: old }\n',
    );
  });

  for (const [what, text] of [
    ["another file", "registry: !include other.yaml\n"],
    ["no section", "datastore: x\n"],
    ["an empty section", "registry: {}\n"],
    ["a list", "registry:\n  db: [a]\n"],
  ] as const)
    it(`are refused where ${what} would have to be changed`, () => {
      const error = failure(() => set(text, ["registry", "db"]));
      expect([error.code, error.message.includes("registry.db")]).to.deep.equal([
        "unwritable-configuration",
        true,
      ]);
    });
});
