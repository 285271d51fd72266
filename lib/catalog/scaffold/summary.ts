import { askedChanges } from "./asked.js";
import type { FlagValues } from "./flags.js";
/** A sentence for a revision that was given none: `Add doc to collection`. */
export function summaryOf(kind: string, flags: FlagValues): string {
  const asked = askedChanges(flags);
  const table = asked.table ?? asked.family;
  const parts = [
    ...asked.addColumn.map(({ name }) => `add ${name}`),
    ...asked.dropColumn.map((column) => `drop ${typeof column === "string" ? column : column.name}`),
    ...asked.renameColumn.map(({ from, to }) => `rename ${from} to ${to}`),
    ...[...asked.addIndex, ...asked.addUnique].map(({ columns }) => `index ${columns.join(" and ")}`),
    ...asked.dropIndex.map(({ columns }) => `drop the index of ${columns.join(" and ")}`),
    ...asked.addForeignKey.map(({ columns }) => `refer by ${columns.join(" and ")}`),
    ...asked.addCheck.map(({ name }) => `check ${name}`),
  ];
  if (asked.createTable !== undefined) return `Make ${table ?? "a table"}`;
  if (table === undefined || parts.length === 0) return `A ${kind.replaceAll("-", " ")} revision`;
  const sentence = `${table}: ${parts.join(", ")}`;
  return sentence.length > 100 ? `${sentence.slice(0, 99)}…` : sentence;
}
