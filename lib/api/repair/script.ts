import type { RunEnvironment } from "../../run/run-context.js";
import { acquireWriterLock } from "../../database/lock.js";
import { scriptText } from "../../run/script.js";
import { toolName } from "../../version.js";
import type { RunOptions } from "../options.js";
import { withProject } from "../project.js";
import type { Project } from "../project.js";
import { environmentOf } from "./mends.js";
import { RepairRun } from "./run.js";
import type { Connection } from "./run.js";

/** The script where nothing is mended. */
const nothingInDatabase = "Nothing to repair in the database.";

/**
 * What `repair` would send, as a script for another client. The mends are carried out in a transaction that is rolled back, so the
 * tables are locked meanwhile; what stands in the way of one is told in a comment.
 *
 * @param uri folder or `butler.yaml` of a Butler, or label of the repository index
 * @returns SQL without commands of any client
 * @throws as `repair`
 */
export function repairScript(uri: string, options: RunOptions = {}): Promise<string> {
  return withProject(uri, options, async (project) => {
    project.repository.requireWritable();
    const { database } = project.repository;
    const lock = await acquireWriterLock(database, { timeoutMs: options.lockTimeoutMs ?? 60_000 });
    try {
      const parts: { comments: string[]; statements: string[] }[] = [];
      const environment = await environmentOf(project, options);
      const { refused, byHand } = await writtenDown(project, environment, options, parts);
      const edits = await project.repository.foreseeOutside();
      const unsettled = [
        ...refused.map(({ subject, obstacle }) => `Not mended: ${subject}: ${obstacle.message}`),
        ...byHand.map(({ table, object, why }) => `Not mended: ${placeOf(table, object)}: ${why}.`),
        ...edits.map(({ file, description }) => `Not part of the script: ${file}: ${description}`),
      ];
      const comments = [
        `Written by ${toolName} for ${project.repository.uri}, at ${new Date().toISOString()}.`,
        "It is right only while nobody else changes the repository. Have the client stop at the first error.",
        ...unsettled,
      ];
      const done = parts.filter(({ statements }) => statements.length > 0);
      if (done.length === 0) return [...unsettled, nothingInDatabase].map((text) => `-- ${text}`).join("\n");
      return scriptText(comments, done, database.scriptFrame);
    } finally {
      await lock.release();
    }
  });
}

/** Leaves the transaction, which is then rolled back. */
class WrittenDown extends Error {}

async function writtenDown(
  project: Project,
  environment: RunEnvironment,
  options: RunOptions,
  parts: { comments: string[]; statements: string[] }[],
): Promise<Pick<RepairRun, "refused" | "byHand">> {
  let left: Pick<RepairRun, "refused" | "byHand"> = { refused: [], byHand: [] };
  try {
    await project.repository.database.transaction(
      {
        mode: "write",
        ...(options.lockTimeoutMs === undefined ? {} : { lockTimeoutMs: options.lockTimeoutMs }),
        onChange: (text) => parts.at(-1)?.statements.push(text),
      },
      async (session) => {
        const within: Connection = {
          separate: false,
          read: (work) => work(session),
          write: (work) => work(session),
        };
        const run = new RepairRun(project, environment, options, within, (subject, summary) =>
          parts.push({ comments: [`${subject}: ${summary}`], statements: [] }),
        );
        await run.all();
        left = run;
        throw new WrittenDown();
      },
    );
  } catch (error) {
    if (!(error instanceof WrittenDown)) throw error;
  }
  return left;
}

function placeOf(table: string, object: string): string {
  return table === "" ? object : `${table}: ${object}`;
}
