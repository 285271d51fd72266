/** The test that comes with a new revision. */
import path from "node:path";
import { literalCode } from "./code.js";
import type { TreeHeader } from "./header.js";
import { treeOf } from "./project.js";
import type { ScaffoldProject } from "./project.js";
import type { NewFile } from "./write.js";

/** The test of a revision stands in `test/` beside the folder of revisions, under the same name. */
export function testFile(
  project: ScaffoldProject,
  { id, manager, file, fields, define }: TreeHeader,
): NewFile {
  const name = `${manager}_${path.basename(file, ".ts")}.test.ts`;
  const { isButler } = treeOf(project, manager);
  // A switch is crossed by going first to where it begins.
  const target = define === "defineSwitch" ? literalCode([fields["from"], id]) : literalCode(id);
  return {
    file: path.join(path.dirname(project.place), "test", name),
    text: isButler ? butlerTest(target) : plainTest(target),
  };
}

function plainTest(target: string): string {
  return `import { describeRevisions } from "godwit/testing";

// Up, down and up again with rows in every table: on SQLite, and on the server that GODWIT_TEST_POSTGRES names.
describeRevisions({ folder: import.meta.dirname, target: ${target} });
`;
}

function butlerTest(target: string): string {
  return `import { butlerCopies, describeRevisions } from "godwit/testing";

// Up, down and up again with rows in every table: on copies of the repositories that GODWIT_TEST_BUTLERS names.
describeRevisions({
  folder: import.meta.dirname,
  target: ${target},
  repositories: butlerCopies(process.env),
});
`;
}
