/** Opening a database whose server lets a connection in, and answers nothing. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { openDatabase } from "../../../lib/database/open.js";
import type { Database } from "../../../lib/database/database.js";
import { GodwitError } from "../../../lib/errors.js";
import { adminStatement, createPostgresDatabase } from "../../support/postgres.js";

async function failure(opening: Promise<Database>): Promise<GodwitError> {
  try {
    await (await opening).close();
  } catch (error) {
    if (error instanceof GodwitError) return error;
    throw error;
  }
  throw new Error("did not fail");
}

describe("Opening a PostgreSQL database", () => {
  it("ends with an error where the first question is refused", async () => {
    const created = await createPostgresDatabase();
    const { url, database } = created;
    const role = `nobody_${database}`;
    await adminStatement(`CREATE ROLE ${role} LOGIN PASSWORD 'nothing'`);
    try {
      const client = await created.connect();
      await client.query("REVOKE EXECUTE ON FUNCTION pg_catalog.current_schema() FROM PUBLIC");
      const ofRole = url.replace(/\/\/.*@/, `//${role}:nothing@`);
      const { code, message } = await failure(openDatabase({ dialect: "postgres", url: ofRole }));
      expect(code).to.equal("connection-failed");
      expect(message).to.include("permission denied for function current_schema");
    } finally {
      await adminStatement(`DROP ROLE ${role}`);
    }
  });

  it("ends with an error where the connection is lost before the first answer", async () => {
    const { url, port } = await createPostgresDatabase();
    const proxy = createServer((client) => {
      const server = connect(port, "127.0.0.1");
      for (const socket of [client, server]) socket.on("error", () => undefined);
      server.pipe(client);
      client.on("data", (bytes) => {
        if (!bytes.includes("server_version_num")) server.write(bytes);
        else for (const socket of [client, server]) socket.destroy();
      });
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    const near = (proxy.address() as AddressInfo).port;
    const { code, message } = await failure(
      openDatabase({ dialect: "postgres", url: url.replace(`:${port}/`, `:${near}/`) }),
    );
    expect(code).to.equal("connection-failed");
    expect(message).to.include("Connection terminated unexpectedly");
    proxy.close();
  });
});
