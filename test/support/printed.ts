/** What is printed in this process. */

import { runProgram } from "../../lib/cli/program.js";
import { refusePassword } from "./program.js";

/** What was written while some work was done, by stream. */
export interface Printed {
  readonly out: string;
  readonly err: string;
}

/** Catches what synchronous work prints. */
export function printed(work: () => void): Printed {
  const { caught, end } = catching();
  try {
    work();
  } finally {
    end();
  }
  return caught;
}

/** Runs a command of the program in this process, which takes a fraction of the time that a process of its own takes. */
export async function runHere(...args: readonly string[]): Promise<Printed & { readonly status: number }> {
  const { caught, end } = catching();
  try {
    const status = await runProgram(args);
    refusePassword(caught.out + caught.err);
    return { status, ...caught };
  } finally {
    end();
  }
}

/** The same with another current folder. */
export async function runIn(folder: string, ...args: readonly string[]): ReturnType<typeof runHere> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await runHere(...args);
  } finally {
    process.chdir(before);
  }
}

function catching(): { readonly caught: Printed; readonly end: () => void } {
  const caught = { out: "", err: "" };
  const endings = [
    divert(process.stdout, (text) => void (caught.out += text)),
    divert(process.stderr, (text) => void (caught.err += text)),
  ];
  return { caught, end: () => endings.forEach((end) => end()) };
}

function divert(stream: NodeJS.WriteStream, take: (text: string) => void): () => void {
  const original = stream.write.bind(stream);
  stream.write = (text) => {
    take(String(text));
    return true;
  };
  return () => {
    stream.write = original;
  };
}
