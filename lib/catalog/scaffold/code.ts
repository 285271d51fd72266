/** Pieces of TypeScript. */

/** A value as a literal of TypeScript. */
export function literalCode(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(literalCode).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([name, inner]) => `${keyCode(name)}: ${literalCode(inner)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return typeof value === "string" ? stringCode(value) : JSON.stringify(value);
}

/** In the quotes that need fewer backslashes, as prettier writes it. */
export function stringCode(text: string): string {
  const code = JSON.stringify(text);
  if (text.split('"').length <= text.split("'").length) return code;
  return `'${code.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** The name of a member in an object. */
export function keyCode(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : stringCode(name);
}

/** The fields of a header, one a line; those that are undefined are left out. */
export function fieldsCode(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${keyCode(name)}: ${literalCode(value)},\n`)
    .join("");
}

const godwitValues = ["foreignKeyIndex", "losesRows", "losesValues", "sql", "type", "unanswered"];
const godwitTypes = ["RevisionContext", "Row", "SqlValue"];
const butlerValues = [
  "addDimensions",
  "changeElements",
  "patchUniverse",
  "readUniverse",
  "removeDimensions",
  "withoutElement",
  "writeUniverse",
];

/** The imports of the values and types of godwit that some code uses. */
export function importCode(code: string, always: readonly string[] = []): string {
  const used = code.replace(/^\s*\/\/.*$/gm, "");
  const isUsed = (name: string): boolean => new RegExp(`(?<![.\\w])${name}\\b(?!:)`).test(used);
  const types = godwitTypes.filter(isUsed).map((name) => `type ${name}`);
  const names = [...always, ...godwitValues.filter(isUsed)].toSorted();
  return (
    importLine([...names, ...types], "godwit") + importLine(butlerValues.filter(isUsed), "godwit/butler")
  );
}

function importLine(names: readonly string[], from: string): string {
  return names.length === 0 ? "" : `import { ${names.join(", ")} } from "${from}";\n`;
}

/** A name for a file: the letters and digits of a text. */
export function slugOf(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/[^\w\s-]/g, "")
    .toLowerCase();
  return plain
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "")
    .join("_")
    .slice(0, 50)
    .replace(/_$/, "");
}
