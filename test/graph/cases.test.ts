import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import {
  answerCase,
  type CaseGraph,
  type CaseRevision,
  type GraphCase,
  loadCaseGraph,
} from "../../scripts/graph-cases/answer.js";
import { type ExpectedAnswer, judge } from "./judge.js";

interface CaseFile {
  readonly graphs: Readonly<Record<string, readonly CaseRevision[]>>;
  readonly cases: readonly (GraphCase & {
    readonly order?: string;
    readonly currentOrder?: string;
    readonly quirks?: readonly string[];
    readonly expect: ExpectedAnswer;
  })[];
}

const fixtures = new URL("../../../test/fixtures/graph/", import.meta.url);

describe("The graph answers as Alembic does, or better where Alembic is wrong", () => {
  for (const name of ["hand", "random-a", "random-b", "random-c", "large"])
    it(`in all cases of ${name}`, () => {
      const packed = readFileSync(new URL(`${name}.json.gz`, fixtures));
      const { graphs, cases } = JSON.parse(gunzipSync(packed).toString()) as CaseFile;
      const loaded = new Map<string, CaseGraph>();
      const failures = cases.flatMap((one) => {
        const { expect: expected, ...asked } = one;
        const graph = loaded.get(one.graph) ?? loadCaseGraph(graphs[one.graph] ?? []);
        loaded.set(one.graph, graph);
        const fault = judge(answerCase(graph, asked), expected, { ...asked, nodes: graph.nodes });
        return fault === null ? [] : [`${one.name} ${one.op} ${JSON.stringify(one.target)}: ${fault}`];
      });
      expect(cases.length).to.be.greaterThan(30);
      expect(failures).to.deep.equal([]);
    });
});
