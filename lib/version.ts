import { readFileSync } from "node:fs";

const packageFile = new URL("../../package.json", import.meta.url);

/** The version of the running package. */
export const version = (JSON.parse(readFileSync(packageFile, "utf8")) as { version: string }).version;

/** Tool and version, as it is recorded in repositories. */
export const toolName = `godwit ${version}`;
