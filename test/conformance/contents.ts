import type { Description } from "../support/normalize/description.js";
import type { Json } from "../support/normalize/json.js";

/** What counts of a repository's content. */
export function content(description: Description): Description {
  return withoutDigests(withoutDocs(description));
}

/** Documentation texts are no part of a repository's content. */
function withoutDocs(description: Description): Description {
  const attributes = description.rows?.["butler_attributes"];
  if (description.rows === undefined || attributes === undefined) return description;
  const value = attributes.columns.indexOf("value");
  const rows = attributes.rows.map((row) =>
    row.map((cell, column) => (column === value ? withoutDocsIn(cell) : cell)),
  );
  return { ...description, rows: { ...description.rows, butler_attributes: { ...attributes, rows } } };
}

function withoutDocsIn(text: Json): Json {
  if (typeof text !== "string" || !text.startsWith("{")) return text;
  return JSON.stringify(
    JSON.parse(text, (key: string, member: unknown) => (key === "doc" ? undefined : member)),
  );
}

/** Digests of the schema: nobody compares them, so that any value is right where one has to be. */
function withoutDigests(description: Description): Description {
  const attributes = description.rows?.["butler_attributes"];
  if (description.rows === undefined || attributes === undefined) return description;
  const [name, value] = [attributes.columns.indexOf("name"), attributes.columns.indexOf("value")];
  const rows = attributes.rows.map((row) =>
    isDigest(row[name]) ? row.map((cell, column) => (column === value ? "any" : cell)) : row,
  );
  return { ...description, rows: { ...description.rows, butler_attributes: { ...attributes, rows } } };
}

function isDigest(name: Json | undefined): boolean {
  return typeof name === "string" && name.startsWith("schema_digest:");
}
