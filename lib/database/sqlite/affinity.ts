/** The rule by which SQLite reads a declared type ("Datatypes in SQLite", section 3.1). */
export function affinity(type: string): "integer" | "text" | "blob" | "real" | "numeric" {
  const upper = type.toUpperCase();
  if (upper.includes("INT")) return "integer";
  if (/CHAR|CLOB|TEXT/.test(upper)) return "text";
  if (upper === "" || upper.includes("BLOB")) return "blob";
  return /REAL|FLOA|DOUB/.test(upper) ? "real" : "numeric";
}
