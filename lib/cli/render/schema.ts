/** Definitions of tables as lines that can be compared: each begins with what it is, and ends with its table. */
import type { SchemaDump } from "../../api/maintenance/dump-schema.js";
import type {
  Check,
  Column,
  Exclusion,
  ForeignKey,
  Index,
  PrimaryKey,
  Table,
  Trigger,
  Unique,
} from "../../database/schema/table.js";

/** The lines of a dump: tables by name, in each the columns, constraints and indexes, each kind by name. */
export function schemaLines({ tables, sequences, views }: SchemaDump): string[] {
  return [
    ...tables.flatMap(tableLines),
    ...sequences.map((name) => `sequence=${name}`),
    ...views.map(({ name, definition }) => `view=${name} definition=${definition}`),
  ];
}

function tableLines(table: Table): string[] {
  const lines = [
    ...table.columns.map(columnLine).toSorted(),
    ...(table.primaryKey === null ? [] : [keyLine("PK", table.primaryKey)]),
    ...sorted(table.uniques).map((key) => keyLine("UNIQUE", key)),
    ...sorted(table.foreignKeys).map(foreignKeyLine),
    ...sorted(table.checks).map(checkLine),
    ...sorted(table.exclusions).map(exclusionLine),
    ...sorted(table.indexes).map(indexLine),
    ...sorted(table.triggers).map(triggerLine),
    ...["strict", "withoutRowid"]
      .filter((name) => table.options[name] === true)
      .map((name) => `OPTION ${name}`),
  ];
  return [`table=${table.name}`, ...lines.map((line) => `  ${line} [table=${table.name}]`)];
}

function sorted<T extends { readonly name: string | null }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => ((a.name ?? "") < (b.name ?? "") ? -1 : 1));
}

/** What is as usual is not said. */
function columnLine(column: Column): string {
  const { name, type, nullable, default: value, collation, generated, identity, autoincrement } = column;
  const more = [
    collation === null ? "" : ` collation=${collation}`,
    generated === null ? "" : ` generated=(${generated.expression})`,
    identity === null ? "" : ` identity=${identity}`,
    autoincrement ? " autoincrement=True" : "",
  ];
  return `column=${name} type=${type} nullable=${nullable ? "True" : "False"} default=${value ?? "None"}${more.join("")}`;
}

function keyLine(
  kind: string,
  { name, columns, include, deferrable, nullsNotDistinct }: PrimaryKey | Unique,
): string {
  const more = [
    include === undefined ? "" : ` include=${list(include)}`,
    deferrable === undefined ? "" : ` deferrable=${deferrable}`,
    nullsNotDistinct === true ? " nulls_not_distinct=True" : "",
  ];
  return `${kind} name=${name ?? "None"} columns=${list(columns)}${more.join("")}`;
}

function foreignKeyLine(key: ForeignKey): string {
  const actions = [
    key.onDelete === "NO ACTION" ? "" : ` on_delete=${key.onDelete}`,
    key.onUpdate === "NO ACTION" ? "" : ` on_update=${key.onUpdate}`,
    key.deferrable === "no" ? "" : ` deferrable=${key.deferrable}`,
    key.validated === false ? " validated=False" : "",
  ];
  return `FK name=${key.name ?? "None"} ${list(key.columns)} -> ${key.referencedTable}${list(key.referencedColumns)}${actions.join("")}`;
}

function checkLine({ name, expression }: Check): string {
  return `CHECK name=${name ?? "None"} sqltext=${expression}`;
}

function exclusionLine({ name, definition }: Exclusion): string {
  return `EXCLUDE name=${name} definition=${definition}`;
}

function indexLine({ name, keys, unique, method, where, include, valid }: Index): string {
  const more = [
    method === "btree" ? "" : ` method=${method}`,
    include.length === 0 ? "" : ` include=${list(include)}`,
    where === null ? "" : ` where=${where}`,
    valid === false ? " valid=False" : "",
  ];
  const columns = keys.map(({ column, expression, suffix }) =>
    [column ?? `(${expression})`, suffix ?? ""].filter((part) => part !== "").join(" "),
  );
  return `INDEX name=${name} columns=${list(columns)} unique=${unique ? "True" : "False"}${more.join("")}`;
}

function triggerLine({ name, definition }: Trigger): string {
  return `TRIGGER name=${name} definition=${definition.replaceAll(/\s+/g, " ")}`;
}

function list(names: readonly string[]): string {
  return `(${names.join(",")})`;
}
