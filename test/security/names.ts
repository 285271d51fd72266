/** Names that somebody may have given to things without meaning harm, or meaning it. */
export const hostileNames: readonly string[] = [
  `quote'; DROP TABLE exposure; --`,
  `double""quote"`,
  "100% $1 $$ ${x} %s \\ \\'",
  "new\nline\r\ttab",
  "unicode ä 名 🔭",
  "right-to-left \u202Egnol\u202C",
  "SELECT",
  "Upper Case",
  "__proto__",
  "constructor",
  "x".repeat(63),
];

/** Names that PostgreSQL cannot hold; SQLite only has no use for a NUL. */
export const impossibleNames: readonly { readonly name: string; readonly codes: readonly string[] }[] = [
  { name: "nul\0byte", codes: ["bad-name", "bad-text"] },
  { name: "\uD800", codes: ["bad-name", "bad-text"] },
  { name: "x".repeat(64), codes: ["name-too-long", "long-name"] },
];
