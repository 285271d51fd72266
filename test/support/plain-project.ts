/** A project with a SQLite file `data.sqlite3` and one line of revisions in files. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { temporaryFolder } from "./folders.js";

/**
 * Each revision makes a table `t_<id>`.
 * @param bodies what the way up of a revision does besides; the context's parts are `schema` and `mode`
 * @returns the folder
 */
export async function plainProject(
  ids: readonly string[],
  bodies: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(
    path.join(folder, "godwit.config.json"),
    JSON.stringify({ revisions: ["./revisions"], repo: "sqlite:///data.sqlite3" }),
  );
  await mkdir(path.join(folder, "revisions", "app"), { recursive: true });
  for (const [at, id] of ids.entries()) {
    const file = path.join(folder, "revisions", "app", `${id}_make.ts`);
    await writeFile(file, revisionText(id, ids[at - 1] ?? null, bodies[id] ?? ""));
  }
  return folder;
}

function revisionText(id: string, parent: string | null, body: string): string {
  return `import { defineRevision, type } from "godwit";
export default defineRevision({
  id: "${id}",
  parent: ${JSON.stringify(parent)},
  manager: "app",
  summary: "Make ${id}",
  compatibility: { backward: "full", forward: "full" },
  async up({ schema, mode }) {
    await schema.create("t_${id}", (table) => {
      table.column("n", type.bigint());
    });
    ${body}
  },
  async down({ schema }) {
    await schema.drop("t_${id}");
  },
});
`;
}
