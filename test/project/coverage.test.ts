import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The compiled modules of which nothing is left but that they are modules: they held types alone. */
function modulesOfTypes(): string[] {
  return ["dist/lib", "dist/revisions"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".js"))
      .map((file) => path.posix.join(folder, ...file.split(path.sep)))
      .filter((file) => {
        const code = readFileSync(path.join(root, file), "utf8").replace(/\/\*.*?\*\/|\/\/.*$/gms, "");
        return code.trim() === "export {};";
      }),
  );
}

describe("The measurement of coverage", () => {
  it("leaves out the package that the build puts into one file, modules of types, and nothing else", () => {
    const { exclude } = JSON.parse(readFileSync(path.join(root, ".c8rc.json"), "utf8")) as {
      readonly exclude: readonly string[];
    };
    expect(exclude).to.have.members(["**/*.d.ts", "dist/lib/cli/yargs.js", ...modulesOfTypes()]);
  });
});
