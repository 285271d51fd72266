import type { IndexedRepository } from "../../api/repositories.js";
import { note, print, printJson, table, visible } from "../render/table.js";
import { mannerOf, projectOptions, readJobs, readProjectOptions } from "../settings.js";
import type { Command } from "./index.js";

export const repositoriesCommand: Command = {
  command: "repositories",
  describe: "Show all repositories of the Butler repository index: format, what is pending, problems",
  builder: (yargs) =>
    projectOptions(yargs)
      .option("jobs", { type: "string", describe: "How many are looked at side by side (default 4)" })
      .example("$0 repositories", "every label of the index")
      .example("$0 repositories --json", "the same for programs"),
  run: async (argv) => {
    const { repositories } = await import("../../api/repositories.js");
    const list = await repositories({ ...readProjectOptions(argv), ...readJobs(argv) });
    if (mannerOf(argv).json) printJson({ repositories: list });
    else show(list);
    return list.some(({ error, problems }) => error !== null || problems.length > 0) ? 3 : 0;
  },
};

function show(list: readonly IndexedRepository[]): void {
  if (list.length === 0) print("The repository index is empty.");
  else
    print(
      table(
        ["LABEL", "DATABASE", "FORMAT", "DEFAULTS OF", "PENDING", "URI"],
        list.map((one) => [
          one.label,
          one.dialect === null ? "-" : `${one.dialect}${one.namespace === null ? "" : ` ${one.namespace}`}`,
          one.format ?? "-",
          one.defaults ?? "-",
          pendingText(one),
          one.uri,
        ]),
      ),
    );
  for (const { label, error, problems } of list) {
    if (error !== null) note(`${visible(label)}: ${error.message}`);
    for (const { message } of problems) note(`${visible(label)}: ${message}`);
  }
}

function pendingText({ error, pending, problems }: IndexedRepository): string {
  if (error !== null) return "cannot be read";
  const text = pending.length === 0 ? "up to date" : `${pending.length}`;
  return problems.length === 0 ? text : `${text}, inconsistent`;
}
