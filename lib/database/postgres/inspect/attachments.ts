import type { Attachment } from "../../schema/table.js";
import type { Row } from "../../sql.js";
import { literal } from "../literals.js";
import type { Catalog } from "./catalog.js";
import { isTrue, listOf, textOf, textOrNull } from "./read.js";

/** What hangs on a table besides its own parts, each with the statements that make it again. */
export function readAttachments(catalog: Catalog, schema: string): Attachment[] {
  const [table] = catalog.table;
  if (table === undefined) return [];
  const reference = textOf(table, "reference");
  return [
    owner(table, reference),
    ...grants(catalog, reference),
    ...catalog.policies.map((row) => policy(row, reference)),
    ...catalog.rules.map((row) => rule(row, reference)),
    ...catalog.statistics.map((row) => statistics(row, schema)),
    ...catalog.publications.map((row) => publication(row, reference)),
    ...catalog.labels.map((row) => label(row, reference)),
  ];
}

function owner(table: Row, reference: string): Attachment {
  const name = textOf(table, "owner");
  return { kind: "owner", name, statements: [`ALTER TABLE ${reference} OWNER TO ${name}`] };
}

/** The owner's rights are mentioned only where they are not all. */
function grants(catalog: Catalog, reference: string): Attachment[] {
  return catalog.grants
    .filter((row) => !(isTrue(row, "owner") && row["column"] === null && isTrue(row, "complete")))
    .map((row) => {
      const grantee = textOf(row, "grantee");
      const column = textOrNull(row, "column");
      const privileges = textOf(row, "privileges")
        .split(", ")
        .map((privilege) => (column === null ? privilege : `${privilege} (${column})`))
        .join(", ");
      const option = isTrue(row, "grantable") && !isTrue(row, "owner") ? " WITH GRANT OPTION" : "";
      const grant = `GRANT ${privileges} ON TABLE ${reference} TO ${grantee}${option}`;
      const revoke = `REVOKE ALL ON TABLE ${reference} FROM ${grantee}`;
      return {
        kind: "grant",
        name: [grantee, column ?? "", option === "" ? "" : "grantable"].join(" ").trim(),
        statements: isTrue(row, "owner") && column === null ? [revoke, grant] : [grant],
      };
    });
}

const commands: Readonly<Record<string, string>> = {
  "*": "ALL",
  r: "SELECT",
  a: "INSERT",
  w: "UPDATE",
  d: "DELETE",
};

function policy(row: Row, reference: string): Attachment {
  const name = textOf(row, "name");
  const using = textOrNull(row, "using");
  const check = textOrNull(row, "check");
  const statement = [
    `CREATE POLICY ${name} ON ${reference}`,
    isTrue(row, "permissive") ? "" : " AS RESTRICTIVE",
    ` FOR ${commands[textOf(row, "command")] ?? "ALL"} TO ${textOf(row, "roles")}`,
    using === null ? "" : ` USING (${using})`,
    check === null ? "" : ` WITH CHECK (${check})`,
  ].join("");
  return {
    kind: "policy",
    name,
    statements: [statement, ...commented(row, `POLICY ${name} ON ${reference}`)],
  };
}

const states: Readonly<Record<string, string>> = { D: "DISABLE", R: "ENABLE REPLICA", A: "ENABLE ALWAYS" };

function rule(row: Row, reference: string): Attachment {
  const name = textOf(row, "name");
  const state = states[textOf(row, "state")];
  return {
    kind: "rule",
    name,
    statements: [
      textOf(row, "definition").replace(/;$/, ""),
      ...(state === undefined ? [] : [`ALTER TABLE ${reference} ${state} RULE ${name}`]),
      ...commented(row, `RULE ${name} ON ${reference}`),
    ],
  };
}

/** The server always writes the schema of statistics; that of the repository is left out, as the search path begins with it. */
function statistics(row: Row, schema: string): Attachment {
  const own = textOf(row, "schema") === schema;
  const qualified = `${textOf(row, "schema")}.${textOf(row, "name")}`;
  const name = own ? textOf(row, "name") : qualified;
  const definition = textOf(row, "definition").replace(
    `CREATE STATISTICS ${qualified}`,
    () => `CREATE STATISTICS ${name}`,
  );
  const target = row["target"];
  return {
    kind: "statistics",
    name,
    statements: [
      definition,
      ...(typeof target === "bigint" && target >= 0n
        ? [`ALTER STATISTICS ${name} SET STATISTICS ${target}`]
        : []),
      ...commented(row, `STATISTICS ${name}`),
    ],
  };
}

function publication(row: Row, reference: string): Attachment {
  const name = textOf(row, "name");
  const columns = listOf(row, "columns").map((column) => `"${column.replaceAll('"', '""')}"`);
  const filter = textOrNull(row, "filter");
  const statement = [
    `ALTER PUBLICATION ${name} ADD TABLE ONLY ${reference}`,
    columns.length === 0 ? "" : ` (${columns.join(", ")})`,
    filter === null ? "" : ` WHERE (${filter})`,
  ].join("");
  return { kind: "publication", name, statements: [statement] };
}

function label(row: Row, reference: string): Attachment {
  const column = textOrNull(row, "column");
  const provider = textOf(row, "provider");
  const object = column === null ? `TABLE ${reference}` : `COLUMN ${reference}.${column}`;
  return {
    kind: "label",
    name: [provider, column ?? ""].join(" ").trim(),
    statements: [`SECURITY LABEL FOR ${provider} ON ${object} IS ${literal(textOf(row, "label"))}`],
  };
}

function commented(row: Row, object: string): string[] {
  const text = textOrNull(row, "comment");
  return text === null ? [] : [`COMMENT ON ${object} IS ${literal(text)}`];
}
