/**
 * `npm run -s graph-cases -- --emit FILE…` answers the cases of some files, and prints one JSON array: an object
 * `{ file, name, answer }` a case. What a case expects is not looked at.
 */
import { readFileSync } from "node:fs";
import { messageOf } from "../lib/errors.js";
import { readArguments, refuse } from "./arguments.js";
import {
  answerCase,
  type CaseGraph,
  type CaseRevision,
  type GraphCase,
  loadCaseGraph,
} from "./graph-cases/answer.js";

interface CaseFile {
  readonly graphs: Readonly<Record<string, readonly CaseRevision[]>>;
  readonly cases: readonly GraphCase[];
}

const usage = "npm run -s graph-cases -- --emit FILE…";

const { values, positionals } = readArguments(usage, {
  options: { emit: { type: "boolean" } },
  allowPositionals: true,
});
if (values.emit !== true || positionals.length === 0) refuse(usage, "There are no files to answer.");
process.stdout.write(`${JSON.stringify(positionals.flatMap(answersOf))}\n`);

function answersOf(file: string): unknown[] {
  const { graphs, cases } = readCases(file);
  const loaded = new Map<string, CaseGraph>();
  return cases.map((asked) => {
    const graph = loaded.get(asked.graph) ?? loadCaseGraph(graphs[asked.graph] ?? []);
    loaded.set(asked.graph, graph);
    return { file, name: asked.name, answer: answerCase(graph, asked) };
  });
}

function readCases(file: string): CaseFile {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as CaseFile;
  } catch (error) {
    refuse(usage, `${file} could not be read: ${messageOf(error)}`);
  }
}
