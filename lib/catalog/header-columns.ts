/**
 * Headers in columns: most have nothing but an id, a parent and a summary, and thousands of them are read at every start. What else
 * one says stands beside the columns.
 */
import type { Revision, Switch } from "../graph/revision.js";
import type { Header, HeaderExtras } from "./header.js";
import { valueAt } from "../known.js";

/** By row; a row is a file. */
export interface HeaderColumns {
  readonly lines: number[];
  readonly ids: string[];
  /** The parent, or 0 where there is not exactly one. */
  readonly parents: (string | 0)[];
  readonly summaries: string[];
  /** What the columns do not say, by row; null for a file without a header. */
  readonly others: Record<number, OtherFields | null>;
}

interface OtherFields {
  readonly revision?: Partial<Revision>;
  readonly edge?: Omit<Switch, "source">;
  readonly extras?: HeaderExtras;
}

const none: readonly never[] = [];
const noExtras: HeaderExtras = {};

/** Columns without rows. */
export function emptyColumns(): HeaderColumns {
  return { lines: [], ids: [], parents: [], summaries: [], others: {} };
}

/** Adds the header of a file as the last row; null for a file that has none. */
export function addHeader(columns: HeaderColumns, header: Header | null): void {
  const row = columns.lines.length;
  const revision = header?.kind === "revision" ? header.revision : null;
  const [parent = 0, ...more] = revision?.parents ?? [];
  columns.lines.push(lineOf(header));
  columns.ids.push(revision?.id ?? "");
  columns.parents.push(more.length === 0 ? parent : 0);
  columns.summaries.push(revision?.summary ?? "");
  const others = header === null ? null : otherFields(header);
  if (others === null || Object.keys(others).length > 0) columns.others[row] = others;
}

function lineOf(header: Header | null): number {
  if (header === null) return 0;
  return (header.kind === "revision" ? header.revision : header.edge).source.line;
}

function otherFields(header: Header): OtherFields {
  const extras = Object.keys(header.extras).length === 0 ? {} : { extras: header.extras };
  if (header.kind === "switch") {
    const { source: _, ...edge } = header.edge;
    return { edge, ...extras };
  }
  const { id: _id, manager: _manager, summary: _summary, source: _source, parents, ...all } = header.revision;
  const filled = Object.entries(all).filter(
    ([, value]) => value !== null && (value as readonly unknown[]).length > 0,
  );
  const revision = { ...(parents.length > 1 ? { parents } : {}), ...Object.fromEntries(filled) };
  return { ...(Object.keys(revision).length === 0 ? {} : { revision }), ...extras };
}

/**
 * The header of a row.
 * @param file where it stands
 * @param manager the folder that it stands in, which is what its header says too
 * @returns null for a file that has none
 */
export function headerAt(columns: HeaderColumns, row: number, file: string, manager: string): Header | null {
  const others = columns.others[row];
  if (others === null) return null;
  const source = { file, line: valueAt(columns.lines, row) };
  const extras = others?.extras ?? noExtras;
  if (others?.edge !== undefined) return { kind: "switch", edge: { ...others.edge, source }, extras };
  const parent = valueAt(columns.parents, row);
  const revision: Revision = {
    id: valueAt(columns.ids, row),
    parents: parent === 0 ? none : [parent],
    dependsOn: none,
    labels: none,
    replaces: none,
    extends: none,
    manager,
    branch: null,
    version: null,
    summary: valueAt(columns.summaries, row),
    placeholder: null,
    source,
  };
  const whole = others?.revision === undefined ? revision : { ...revision, ...others.revision };
  return { kind: "revision", revision: whole, extras };
}
