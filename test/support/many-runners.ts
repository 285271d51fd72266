/** Many processes that all want to bring one repository to its head, round after round. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { removeAtEnd } from "./cleanup.js";

/** What a runner is told: the repository. */
export interface RunnerOrder {
  readonly repository: string;
  readonly target: string;
  readonly lockTimeoutMs: number;
}

/** What a runner tells: the steps that it applied, or why it failed. */
export type RunnerResult = { readonly steps: readonly string[] } | { readonly error: string };

const program = fileURLToPath(new URL("./runner.js", import.meta.url));

/** Processes that stay from round to round. */
export class Runners {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  static async start(count: number): Promise<Runners> {
    const children = Array.from({ length: count }, () => fork(program));
    for (const child of children) removeAtEnd(() => void child.kill("SIGKILL"));
    await Promise.all(children.map((child) => once(child, "message")));
    return new Runners(children);
  }

  /** Has all of them upgrade one repository at the same time. @throws Error where one fails; returns what each applied */
  async round(order: RunnerOrder): Promise<readonly string[]> {
    const results = await Promise.all(
      this.#children.map(async (child) => {
        const answer = once(child, "message");
        child.send(order);
        const [result] = (await answer) as [RunnerResult];
        return result;
      }),
    );
    return results.flatMap((result) => {
      if ("error" in result) throw new Error(result.error);
      return result.steps;
    });
  }

  /** @throws Error where one does not end well */
  async end(): Promise<void> {
    const ends = this.#children.map(async (child) => {
      const gone = once(child, "exit");
      child.disconnect();
      const [code] = (await gone) as [number | null];
      if (code !== 0) throw new Error(`a runner ended with ${code}`);
    });
    await Promise.all(ends);
  }
}
