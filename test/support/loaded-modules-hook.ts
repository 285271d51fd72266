import { appendFileSync } from "node:fs";

interface Context {
  readonly format?: string;
}

/** Notes each module that is loaded by `import`. */
export async function load<Result>(
  url: string,
  context: Context,
  next: (url: string, context: Context) => Promise<Result>,
): Promise<Result> {
  const target = process.env["GODWIT_TEST_LOADED"];
  if (target !== undefined) appendFileSync(`${target}.imports`, `${url}\n`);
  return next(url, context);
}
