/** A header together with the way to its code. */
import { isDeepStrictEqual } from "node:util";
import { InputError } from "../errors.js";
import { checkHeader } from "./check-header.js";
import type { AnyDefinition, Header } from "./header.js";
import { isSwitch } from "./header.js";
import { codeFields } from "./raw-header.js";
import type { Literal, RawField, RawHeader } from "./raw-header.js";
import { surely } from "../known.js";

export interface Entry {
  readonly header: Header;
  load(): Promise<AnyDefinition>;
  checksum(): Promise<string | null>;
}

/** The entry of a file whose header was read; it is imported when it is loaded. */
export function entryOfFile(header: Header): Entry {
  return new FileEntry(header);
}

/** A class, because there may be thousands: functions of their own for each would cost more than all the rest. */
class FileEntry implements Entry {
  readonly header: Header;

  constructor(header: Header) {
    this.header = header;
  }

  get #file(): string {
    return surely((this.header.kind === "revision" ? this.header.revision : this.header.edge).source.file);
  }

  load(): Promise<AnyDefinition> {
    return loadDefinition(this.#file, this.header);
  }

  async checksum(): Promise<string> {
    const { checksumOfFile } = await import("./checksum.js");
    return checksumOfFile(this.#file);
  }
}

/** The entry of a definition that a program made. @throws InputError about its header */
export function entryOfDefinition(definition: AnyDefinition): Entry {
  return {
    header: checkHeader(null, rawHeaderOf(definition, 1)),
    load: () => Promise.resolve(definition),
    checksum: () => Promise.resolve(null),
  };
}

async function loadDefinition(file: string, header: Header): Promise<AnyDefinition> {
  const { importFile } = await import("./load.js");
  const { default: definition } = await importFile(file);
  const { line } = (header.kind === "revision" ? header.revision : header.edge).source;
  if (typeof definition !== "object" || definition === null) {
    throw new InputError("revision-header", `${file}:${line}: The file exports no revision when it runs.`, {
      hint: "Its default export is what defineRevision or defineSwitch returns.",
    });
  }
  const loaded = definition as AnyDefinition;
  if (isDeepStrictEqual(checkHeader(file, rawHeaderOf(loaded, line)), header)) return loaded;
  throw new InputError(
    "revision-header",
    `${file}:${line}: The header is another one when the file runs than the one that is written there.`,
    { hint: "Write the header as literals in the call of defineRevision, and do not change it afterwards." },
  );
}

function rawHeaderOf(definition: AnyDefinition, line: number): RawHeader {
  const fields = Object.entries(definition)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, RawField] => [
      name,
      codeFields.has(name) ? { line } : { line, value: value as Literal },
    ]);
  return { kind: isSwitch(definition) ? "switch" : "revision", line, fields: Object.fromEntries(fields) };
}
