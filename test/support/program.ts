import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { canaryPassword } from "./server.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The compiled program. */
export const programFile = fileURLToPath(new URL("../../lib/cli/main.js", import.meta.url));

/** How the program is run. */
export interface ProgramOptions {
  /** The current folder (default: the checkout). */
  readonly cwd?: string;
  /** Added to a bare environment: the variables of the tests' own environment don't reach the program. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed on standard input. */
  readonly input?: string;
  /** Arguments of node itself, such as `--import`. */
  readonly nodeArguments?: readonly string[];
}

/** How the program ended. */
export interface ProgramResult {
  /** The exit code; null where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "TMPDIR", "LANG", "NODE_V8_COVERAGE"];
  return Object.fromEntries(kept.map((name) => [name, process.env[name]]));
}

/** Refuses output that holds the password of the test server. */
export function refusePassword(output: string): void {
  for (const form of [canaryPassword, encodeURIComponent(canaryPassword)]) {
    if (output.includes(form)) throw new Error("The program printed the password of the test server.");
  }
}

/** Starts the program without waiting for its end. */
export function startGodwit(args: readonly string[], options: ProgramOptions = {}) {
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), programFile, ...args], {
    cwd: options.cwd ?? root,
    env: { ...bareEnvironment(), ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  const ended = async (): Promise<ProgramResult> => {
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    refusePassword(stdout + stderr);
    return { status: child.exitCode, signal: child.signalCode, stdout, stderr };
  };
  return { child, ended: ended() };
}

/** Runs the compiled program as a user would: `runGodwit(["current", "--repo", folder])`. */
export function runGodwit(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  return startGodwit(args, options).ended;
}
