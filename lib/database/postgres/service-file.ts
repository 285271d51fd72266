/**
 * Connection service files, as libpq reads them: what a URL leaves open may stand in a section of ~/.pg_service.conf. Read here, as the
 * driver does not know them, and no reader of INI files takes their values as they are written (a password may hold `;` and `#`).
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { InputError } from "../../errors.js";

/** Parameters by name: `host`, `port`, `dbname`, `user`, `password`, … */
export type ServiceParameters = Readonly<Record<string, string>>;

/**
 * The parameters of a service.
 * @param name the section, as in `?service=name` or PGSERVICE
 * @throws InputError `unknown-service`, `bad-service-file`; a message never holds what a file says
 */
export function readService(name: string): ServiceParameters {
  const files = serviceFiles();
  for (const file of files) {
    const text = readOptional(file);
    const section = text === null ? null : sectionOf(file, text, name);
    if (section !== null) return section;
  }
  throw new InputError(
    "unknown-service",
    `The connection service "${name}" stands in none of ${files.join(", ")}.`,
    {
      hint: "Write its section into one of these files, name another file in PGSERVICEFILE, or give host and database in the URL.",
    },
  );
}

/** In the order in which they are looked at. */
function serviceFiles(): string[] {
  const { PGSERVICEFILE: own, PGSYSCONFDIR: common } = process.env;
  return [
    own ?? path.join(homedir(), ".pg_service.conf"),
    ...(common === undefined ? [] : [path.join(common, "pg_service.conf")]),
  ];
}

function readOptional(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new InputError(
      "bad-service-file",
      `The connection service file ${file} could not be read (${code}).`,
      {
        hint: "Check its permissions, or name another file in PGSERVICEFILE.",
      },
    );
  }
}

function sectionOf(file: string, text: string, name: string): ServiceParameters | null {
  const lines = text.split("\n").map((line) => line.trim());
  const start = lines.indexOf(`[${name}]`);
  if (start === -1) return null;
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [offset, line] of lines.slice(start + 1).entries()) {
    if (line.startsWith("[")) break;
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    if (equals < 1)
      throw new InputError(
        "bad-service-file",
        `${file}:${start + offset + 2}: The line is not of the form name=value.`,
        {
          hint: "Mend the line: a value stands behind = without quotes.",
        },
      );
    const key = line.slice(0, equals);
    parameters[key] ??= line.slice(equals + 1);
  }
  return parameters;
}
