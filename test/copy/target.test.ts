/** Where a copy in PostgreSQL goes, and who opens it there. */
import { expect } from "chai";
import { targetAddress } from "../../lib/copy/target.js";
import { failure } from "../graph/trees/failure.js";

const source = { dialect: "postgres", url: "postgresql://host:5432/main", namespace: "butler" } as const;

describe("The place of a copy in PostgreSQL", () => {
  it("is another schema of the same database", () => {
    expect(targetAddress({ ...source, user: "me" }, "butler", { schema: "copy" })).to.deep.equal({
      ...source,
      user: "me",
      namespace: "copy",
    });
    expect(failure(() => targetAddress(source, "butler", {})).code).to.equal("copy-target");
    expect(failure(() => targetAddress(source, "butler", { schema: "butler" })).code).to.equal("copy-target");
  });

  it("is opened on the same server by whoever opened the original, unless the URL says who", () => {
    const database = "postgresql://host:5432/copy";
    const to = { dialect: "postgres", url: database, namespace: "butler" } as const;
    expect(targetAddress({ ...source, user: "me", password: "pw" }, "butler", { database })).to.deep.equal({
      ...to,
      user: "me",
      password: "pw",
    });
    const written = { ...source, url: "postgresql://m%40e:p%40w@host:5432/main" };
    expect(targetAddress(written, "butler", { database })).to.deep.equal({
      ...to,
      user: "m@e",
      password: "p@w",
    });
    expect(targetAddress(source, "butler", { database })).to.deep.equal(to);
    const named = "postgresql://other@host:5432/copy";
    expect(
      targetAddress({ ...source, user: "me" }, "butler", { database: named, schema: "s" }),
    ).to.deep.equal({
      ...to,
      url: named,
      namespace: "s",
    });
  });

  it("gets no password of another server", () => {
    const database = "postgresql://elsewhere/copy";
    expect(targetAddress({ ...source, user: "me", password: "pw" }, "butler", { database })).to.deep.equal({
      dialect: "postgres",
      url: database,
      namespace: "butler",
    });
  });

  for (const database of ["sqlite:///me:secret@x", "secret"]) {
    it(`is no ${database}, which is not shown`, () => {
      const { code, message } = failure(() => targetAddress(source, "butler", { database }));
      expect(code).to.equal("bad-database-url");
      expect(message).not.to.include("secret");
    });
  }
});
