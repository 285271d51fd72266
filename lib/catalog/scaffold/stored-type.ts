/** The type of a column that is there, as a revision writes it. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/^text$/, "type.text()"],
  [/^(bigint|int8)$/, "type.bigint()"],
  [/^(integer|int|int4)$/, "type.integer()"],
  [/^(smallint|int2)$/, "type.smallint()"],
  [/^bool(ean)?$/, "type.boolean()"],
  [/^(double|double precision|float)$/, "type.double()"],
  [/^(uuid|char\(32\)|character\(32\))$/, "type.uuid()"],
  [/^(bytea|blob)$/, "type.bytes()"],
  [/^(timestamp|timestamp without time zone|datetime)$/, "type.timestamp()"],
  [/^jsonb?$/, "type.json()"],
];

/** Code of the logical type that is stored so, or null where none is known: then it differs between databases. */
export function typeCodeOf(stored: string): string | null {
  const text = stored.trim().toLowerCase();
  const length = /^(?:varchar|character varying)\s*\((\d+)\)$/.exec(text)?.[1];
  if (length !== undefined) return `type.string(${length})`;
  return patterns.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}
