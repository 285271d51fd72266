/** Processes that wait to be killed: the next one starts while the last one's work is judged. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { removeAtEnd } from "../support/cleanup.js";
import type { Order } from "./victim.js";

const program = fileURLToPath(new URL("./victim.js", import.meta.url));

let next: ChildProcess | null = null;

function start(): ChildProcess {
  const child = fork(program, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  removeAtEnd(() => void child.kill("SIGKILL"));
  return child;
}

/** Runs a move in a process of its own; returns whether it was killed before its end. */
export async function runVictim(order: Order): Promise<"killed" | "finished"> {
  const child = next ?? start();
  const gone = once(child, "exit");
  if (child.listenerCount("message") === 0) await Promise.race([once(child, "message"), gone]);
  child.send(order);
  next = null;
  await gone;
  if (child.signalCode === "SIGKILL") return "killed";
  if (child.exitCode === 0) return "finished";
  throw new Error(`the process ended with ${child.exitCode} instead of being killed`);
}
