/** Behind a proxy that pools transactions, a connection is ours only while a transaction lasts. */
import { expect } from "chai";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { check, current, defineRevision, downgrade, type, upgrade } from "../../lib/index.js";
import type { RunEvent } from "../../lib/index.js";
import { copyFixture } from "../support/fixtures.js";
import type { Fixture } from "../support/fixtures.js";
import { hasPgbouncer, startPgbouncer } from "../support/pgbouncer.js";
import { createPostgresDatabase } from "../support/postgres.js";
import { runVictim } from "../faults/victims.js";

const revisions = [
  defineRevision({
    id: "aaaaaaaaaaaa",
    parent: null,
    manager: "app",
    summary: "Make a table",
    async up({ schema }) {
      await schema.create("item", (table) => table.column("owner", type.bigint()));
    },
  }),
  defineRevision({
    id: "bbbbbbbbbbbb",
    parent: "aaaaaaaaaaaa",
    manager: "app",
    summary: "Find items by owner while others work",
    execution: { live: true, transactional: false },
    async up(context) {
      await context.substep(
        "index",
        async () => {
          await context.schema.alter("item", (table) =>
            table.addIndex(["owner"], { name: "item_by_owner", concurrently: true }),
          );
        },
        { autocommit: true },
      );
    },
  }),
];

/** Settings that differ between connections to the server: what a run leaves to others who share them. */
const settings = "SELECT current_setting('row_security') AS rows, current_setting('search_path') AS path";

describe("Behind pgbouncer, which pools transactions", function () {
  this.timeout(120_000);
  let through: (url: string) => string;

  before(function () {
    if (!hasPgbouncer()) this.skip();
  });
  beforeEach(async () => {
    through = await startPgbouncer(3);
  });

  async function proxied(name: string): Promise<Fixture> {
    const fixture = await copyFixture(name, "postgres");
    const file = path.join(fixture.folder, "butler.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(
      file,
      text.replace(/127\.0\.0\.1:\d+/, () => new URL(through(fixture.databaseUrl)).host),
    );
    return fixture;
  }

  it("a repository is migrated up and down, and checked", async () => {
    const { folder } = await proxied("uuid-c6-synth");
    await upgrade(folder, "datasets@head");
    expect((await check(folder)).problems).to.deep.equal([]);
    await downgrade(folder, "-1");
    expect((await current(folder)).problems).to.deep.equal([]);
  });

  it("of more runners than connections each step is applied by one, and the others are told who is at work", async () => {
    const { folder } = await proxied("uuid-c6-synth");
    const holders: string[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.kind === "waiting") holders.push(event.holder);
    };
    const reports = await Promise.all(
      [1, 2, 3, 4, 5].map(() => upgrade(folder, "head", { onEvent, lockTimeoutMs: 100_000 })),
    );
    expect(reports.flatMap(({ steps }) => steps)).to.have.length(4);
    expect(holders.join("\n")).to.match(/process \d+ .*, godwit upgrade head/);
  });

  it("a runner that is killed leaves no lock", async () => {
    const fixture = await proxied("uuid-c6-synth");
    const target = "352c30854bb0";
    await runVictim({
      fixture,
      move: { direction: "up", target, options: {} },
      fault: { kind: "kill", pause: `step:commit ${target}` },
    });
    await upgrade(fixture.folder, target, { lockTimeoutMs: 10_000 });
  });

  it("an index is built concurrently while others wait for the lock, and their connections keep their settings", async () => {
    const database = await createPostgresDatabase();
    const url = through(database.url);
    const client = await database.connect();
    const { rows: before } = await client.query<Record<string, unknown>>(settings);
    const reports = await Promise.all(
      [1, 2].map(() => upgrade(url, "head", { revisions, lockTimeoutMs: 60_000 })),
    );
    expect(reports.flatMap(({ steps }) => steps)).to.have.length(2);
    const { rows } = await client.query(
      "SELECT FROM pg_index WHERE indexrelid = 'item_by_owner'::regclass AND indisvalid",
    );
    expect(rows).to.have.length(1);
    const seen = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const other = new Client({ connectionString: url });
        await other.connect();
        const found = await other.query<Record<string, unknown>>(`${settings}, pg_sleep(0.2)`);
        await other.end();
        return found.rows[0];
      }),
    );
    for (const one of seen) expect(one).to.include(before[0] ?? {});
  });
});
