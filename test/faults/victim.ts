/** A process of its own in which a move runs until it is killed. It says that it is ready, and is told what to do. */
import type { Fixture } from "../support/fixtures.js";
import type { Move } from "./cases.js";
import type { Fault } from "./faults.js";
import { runMove } from "./start.js";
import { prepareStrike } from "./strike.js";

/** What the process is told. */
export interface Order {
  readonly fixture: Pick<Fixture, "folder" | "databaseUrl">;
  readonly move: Move;
  readonly fault: Fault;
}

process.once("message", (order: Order) => {
  void obey(order);
});
process.on("disconnect", () => process.exit(process.exitCode ?? 0));
process.send?.("ready");

async function obey({ fixture, move, fault }: Order): Promise<void> {
  const { onPause } = prepareStrike(fault, fixture);
  try {
    await runMove(fixture.folder, move, { onPause });
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  process.disconnect();
}
