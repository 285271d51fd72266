/** Headers in a short form: most fields of most headers are empty, and thousands of them are read at every start. */
import type { Revision, Switch } from "../graph/revision.js";
import type { Header, HeaderExtras } from "./header.js";

type RevisionRest = Partial<Omit<Revision, "id" | "manager" | "summary" | "source">>;
type SwitchRest = Pick<Switch, "from" | "to" | "reversible" | "dependsOn">;

/** A header of one file, whose name is known from elsewhere. */
export type PackedHeader =
  | readonly [
      "r",
      line: number,
      id: string,
      manager: string,
      summary: string,
      rest: RevisionRest,
      extras: HeaderExtras,
    ]
  | readonly ["s", line: number, manager: string, summary: string, rest: SwitchRest, extras: HeaderExtras];

const emptyRevision = {
  parents: [],
  dependsOn: [],
  labels: [],
  replaces: [],
  extends: [],
  branch: null,
  version: null,
  placeholder: null,
} as const satisfies RevisionRest;

export function packHeader(header: Header): PackedHeader {
  if (header.kind === "switch") {
    const { manager, summary, source, ...rest } = header.edge;
    return ["s", source.line, manager, summary, rest, header.extras];
  }
  const { id, manager, summary, source, ...all } = header.revision;
  const rest = Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== null && (value as readonly unknown[]).length > 0),
  ) as RevisionRest;
  return ["r", source.line, id, manager, summary, rest, header.extras];
}

export function unpackHeader(file: string, packed: PackedHeader): Header {
  if (packed[0] === "s") {
    const [, line, manager, summary, rest, extras] = packed;
    return { kind: "switch", edge: { manager, summary, ...rest, source: { file, line } }, extras };
  }
  const [, line, id, manager, summary, rest, extras] = packed;
  const revision = { id, manager, summary, ...emptyRevision, ...rest, source: { file, line } };
  return { kind: "revision", revision, extras };
}
