/** What becomes of a run that somebody stops, and of one that does not hear how its commit ended. */
import { expect } from "chai";
import { once } from "node:events";
import path from "node:path";
import {
  current,
  defineRevision,
  GodwitError,
  history,
  InterruptedError,
  type,
  upgrade,
} from "../../lib/index.js";
import type { RunReport } from "../../lib/index.js";
import { openDatabase } from "../../lib/database/open.js";
import { acquireWriterLock } from "../../lib/database/lock.js";
import { intercept } from "../faults/intercept.js";
import { databases } from "../support/databases.js";
import type { EmptyDatabase } from "../support/databases.js";
import { plainProject } from "../support/plain-project.js";
import { createPostgresDatabase } from "../support/postgres.js";
import { startGodwit } from "../support/program.js";

async function failure(work: Promise<unknown>): Promise<GodwitError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

const ids = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"] as const;

/** Each revision makes a table that is called like it. */
const revisions = ids.map((id, at) =>
  defineRevision({
    id,
    parent: ids[at - 1] ?? null,
    manager: "app",
    summary: `Make ${id}`,
    async up({ schema }) {
      await schema.create(id, (table) => table.column("n", type.bigint()));
    },
  }),
);

function address({ dialect, url }: EmptyDatabase) {
  return dialect === "sqlite"
    ? ({ dialect, path: url.replace("sqlite:///", "") } as const)
    : ({ dialect, url } as const);
}

async function outcomes(uri: string): Promise<string[]> {
  const { runs = [] } = await history({ uri, revisions, runs: "read" });
  return runs.map(({ revision, outcome }) => `${revision} ${outcome}`);
}

for (const kind of databases) {
  describe(`A run that is asked to stop, ${kind.title}`, () => {
    it("does so before the next step, and the same call goes on", async () => {
      const { url } = await kind.create();
      const stop = new AbortController();
      const onPause = (point: string): void => {
        if (point === `step:commit ${ids[1]}`) stop.abort();
      };
      const error = await failure(upgrade(url, "head", { revisions, onPause, signal: stop.signal }));
      expect(error).to.be.instanceOf(InterruptedError);
      expect(error.done.map(({ revision }) => revision)).to.deep.equal(ids.slice(0, 2));
      expect(error.hint).to.include("same command");
      expect((await upgrade(url, "head", { revisions })).steps).to.have.length(1);
    });

    it("rolls back a plan that is one transaction, and says in the log where it was", async () => {
      const { url } = await kind.create();
      const stop = new AbortController();
      const onPause = (point: string): void => {
        if (point === `step:commit ${ids[1]}`) stop.abort();
      };
      const options = { revisions, onPause, signal: stop.signal, atomic: "plan" } as const;
      const error = await failure(upgrade(url, "head", options));
      expect([error.exitCode, error.done]).to.deep.equal([130, []]);
      expect((await current(url, { revisions })).managers[0]?.revisions).to.deep.equal([]);
      expect(await outcomes(url)).to.deep.equal([`${ids[2]} interrupted`]);
    });

    it("waits no longer for another runner", async () => {
      const { url, dialect } = await kind.create();
      const database = await openDatabase(address({ url, dialect }));
      const stop = new AbortController();
      const waits: string[] = [];
      const waiting = async (): Promise<GodwitError> =>
        failure(
          upgrade(url, "head", {
            revisions,
            signal: stop.signal,
            onEvent: (event) => {
              if (event.kind !== "waiting") return;
              waits.push(event.holder);
              stop.abort();
            },
          }),
        );
      let error: GodwitError;
      if (dialect === "sqlite") {
        error = await database.transaction({ mode: "write" }, waiting);
      } else {
        const lock = await acquireWriterLock(database, { timeoutMs: 1000, doing: "a test" });
        error = await waiting();
        await lock.release();
      }
      await database.close();
      expect(error.exitCode).to.equal(130);
      expect(waits).to.have.length(1);
      if (dialect === "postgres")
        expect(waits[0]).to.match(/process \d+ on .*, user postgres, since .*, godwit a test/);
      expect((await current(url, { revisions })).managers[0]?.revisions).to.deep.equal([]);
    });

    it("stops between sub-steps, of which each is done once", async () => {
      const { url } = await kind.create();
      const ran: string[] = [];
      const stop = new AbortController();
      const inSubsteps = defineRevision({
        id: ids[0],
        parent: null,
        manager: "app",
        summary: "Work in sub-steps",
        execution: { transactional: false },
        async up(context) {
          await context.substep("first", async () => {
            await context.schema.create("t", (table) => table.column("n", type.bigint()));
          });
          for (const name of ["second", "third"]) {
            await context.substep(name, async () => {
              if (context.mode !== "run") return;
              ran.push(name);
              if (name === "second") stop.abort();
            });
          }
        },
      });
      const error = await failure(upgrade(url, "head", { revisions: [inSubsteps], signal: stop.signal }));
      expect([error.exitCode, error.message]).to.deep.equal([
        130,
        `Stopped before third of revision ${ids[0]}, as asked.`,
      ]);
      await upgrade(url, "head", { revisions: [inSubsteps] });
      expect(ran).to.deep.equal(["second", "third"]);
      expect(await outcomes(url)).to.deep.equal([`${ids[0]} interrupted`, `${ids[0]} done`]);
    });

    it("tells the steps that were committed where it stops between sub-steps of a later one", async () => {
      const { url } = await kind.create();
      const stop = new AbortController();
      const inSubsteps = defineRevision({
        id: ids[1],
        parent: ids[0],
        manager: "app",
        summary: "Work in sub-steps",
        execution: { transactional: false },
        async up(context) {
          for (const name of ["first", "second"])
            await context.substep(name, async () => {
              if (context.mode === "run") stop.abort();
            });
        },
      });
      const own = [revisions[0]!, inSubsteps];
      const error = await failure(upgrade(url, "head", { revisions: own, signal: stop.signal }));
      expect(error).to.be.instanceOf(InterruptedError);
      expect([error.message, error.done.map(({ revision }) => revision)]).to.deep.equal([
        `Stopped before second of revision ${ids[1]}, as asked.`,
        [ids[0]],
      ]);
    });
  });

  describe(`A plan in one transaction, ${kind.title}`, () => {
    it("that fails is in the log with the step and the statement at which it failed", async () => {
      const { url } = await kind.create();
      const restore = intercept((text) => (/^CREATE TABLE .*bbbbbbbbbbbb/s.test(text) ? "refuse" : "pass"));
      const error = await failure(upgrade(url, "head", { revisions, atomic: "plan" }));
      restore();
      expect([error.exitCode, error.done]).to.deep.equal([1, []]);
      const { runs = [] } = await history({ uri: url, revisions, runs: "read" });
      expect(runs.map(({ revision, outcome }) => `${revision} ${outcome}`)).to.deep.equal([
        `${ids[1]} failed`,
      ]);
      expect(runs[0]?.statement).to.match(/^CREATE TABLE .*bbbbbbbbbbbb/);
      await upgrade(url, "head", { revisions, atomic: "plan" });
      expect((await outcomes(url)).slice(1)).to.deep.equal(ids.map((id) => `${id} done`));
    });
  });
}

for (const kind of databases) {
  it(`A commit that the database refuses is in the log of a plan with its last step, ${kind.title}`, async () => {
    const { url } = await kind.create();
    let wanted = false;
    const restore = intercept((text) => {
      if (text.includes(`CREATE TABLE`) && text.includes(ids[2])) wanted = true;
      const refuses = wanted && text.trim() === "COMMIT";
      if (refuses) wanted = false;
      return refuses ? "refuse" : "pass";
    });
    const error = await failure(upgrade(url, "head", { revisions, atomic: "plan" }));
    restore();
    expect(error.done).to.deep.equal([]);
    expect(await outcomes(url)).to.deep.equal([`${ids[2]} failed`]);
    expect((await current(url, { revisions })).managers[0]?.revisions).to.deep.equal([]);
  });
}

describe("A commit whose answer is lost", () => {
  const lost = (atomic: "step" | "plan", reachable: boolean) => async (): Promise<void> => {
    const { url } = await createPostgresDatabase();
    let wanted = false;
    let cut = false;
    const restore = intercept((text, client) => {
      if (/^CREATE TABLE .*bbbbbbbbbbbb/s.test(text)) wanted = true;
      const { stream } = (client as { readonly connection: { readonly stream: { destroy(): void } } })
        .connection;
      if (cut && !reachable) return "refuse";
      if (!wanted || cut || text !== "COMMIT") return "pass";
      cut = true;
      return { after: () => stream.destroy() };
    });
    let report: RunReport | GodwitError;
    try {
      report = await upgrade(url, "head", { revisions, atomic }).catch(
        (error: unknown) => error as GodwitError,
      );
    } finally {
      restore();
    }
    expect(cut).to.equal(true);
    if (reachable) {
      expect((report as RunReport).steps.map(({ revision }) => revision)).to.deep.equal(ids);
      expect(await outcomes(url)).to.deep.equal(ids.map((id) => `${id} done`));
      return;
    }
    expect(report).to.be.instanceOf(GodwitError);
    const { code, message } = report as GodwitError;
    expect([code, message]).to.deep.equal([
      "commit-unknown",
      `The connection to the database was lost while a transaction was committed: it may have taken place, or not.${
        atomic === "step" ? `\nCommitted before: app ${ids[0]}.` : ""
      }`,
    ]);
    expect(await outcomes(url)).to.include(`${ids[1]} unfinished`);
    const { steps } = await upgrade(url, "head", { revisions });
    expect(steps).to.have.length(atomic === "step" ? 1 : 0);
  };
  it("counts as done where the repository says so", lost("step", true));
  it("counts as done where the repository says so, for a plan in one transaction", lost("plan", true));
  it("is told as what it is where nobody can be asked", lost("step", false));
  it("is told as what it is where nobody can be asked, for a plan in one transaction", lost("plan", false));
});

describe("Signals", () => {
  /** A project whose second revision takes long. */
  function slowProject(): Promise<string> {
    return plainProject(ids, {
      [ids[1]]:
        'if (mode === "run") { console.log("at work"); await new Promise((go) => setTimeout(go, 1500)); }',
    });
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`${signal} stops after the step that runs and says how to go on; the second one stops at once`, async () => {
      const folder = await slowProject();
      const args = ["upgrade"];
      const second = startGodwit(args, { cwd: folder });
      await once(second.child.stdout, "data");
      second.child.kill(signal);
      await once(second.child.stderr, "data");
      second.child.kill(signal);
      expect((await second.ended).status).to.equal(130);
      const url = `sqlite:///${path.join(folder, "data.sqlite3")}`;
      const options = { folder };
      const stands = async () => (await current(url, options)).managers[0]?.revisions;
      expect(await stands()).to.deep.equal([ids[0]]);

      const first = startGodwit(args, { cwd: folder });
      await once(first.child.stdout, "data");
      first.child.kill(signal);
      const { status, stderr } = await first.ended;
      expect(status, stderr).to.equal(130);
      expect(stderr).to.include(`${signal}: stopping after the step`);
      expect(stderr)
        .to.include(`Stopped before revision ${ids[2]}`)
        .and.include("Run the same command again");
      expect(await stands()).to.deep.equal([ids[1]]);
      expect((await startGodwit(args, { cwd: folder }).ended).status).to.equal(0);
      expect(await stands()).to.deep.equal([ids[2]]);
    });
  }
});
