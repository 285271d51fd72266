/**
 * SQL as data: text with values and identifiers in their places, which the dialect quotes. A value or a name never
 * becomes part of the text by concatenation.
 */

/** A value that can be sent to a database. Integers are `bigint`; a `number` is sent as a float unless it is a safe integer. */
export type SqlValue = null | string | number | bigint | boolean | Uint8Array;

/** A row as the database returns it. Integers arrive as `bigint`, floats as `number`, bytes as `Uint8Array`, booleans (PostgreSQL) as
 * `boolean`, everything else (timestamps, numerics, ranges, arrays, UUIDs, JSON) as the text that the database writes. */
export type Row = Readonly<Record<string, SqlValue>>;

/** One part of a statement. */
export type SqlPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly value: SqlValue }
  /** A name, quoted by the dialect; a `table` is qualified with the repository's schema (namespace) where there is one. */
  | { readonly kind: "identifier"; readonly name: string }
  | { readonly kind: "table"; readonly name: string };

/** A statement, or a piece of one, that can be put into another. */
export interface Sql {
  readonly parts: readonly SqlPart[];
}

/** The number `n` of a query that gives one row, such as `SELECT count(*) AS n`. */
export function numberOf([row]: readonly Row[]): bigint {
  return BigInt(String(row?.["n"]));
}

function isSql(value: unknown): value is Sql {
  return typeof value === "object" && value !== null && "parts" in value;
}

/**
 * Builds a statement: `` sql`SELECT * FROM ${sql.table("run")} WHERE name = ${name}` ``. Interpolated values become
 * values, interpolated statements are put in place.
 */
export function sql(text: TemplateStringsArray, ...values: readonly (SqlValue | Sql)[]): Sql {
  const parts: SqlPart[] = [];
  for (const [index, piece] of text.entries()) {
    if (piece !== "") parts.push({ kind: "text", text: piece });
    if (index >= values.length) continue;
    const value = values[index] as SqlValue | Sql;
    if (isSql(value)) parts.push(...value.parts);
    else parts.push({ kind: "value", value });
  }
  return { parts };
}

/** A column, index or other unqualified name. */
sql.id = (name: string): Sql => ({ parts: [{ kind: "identifier", name }] });

/** A table of the repository, qualified with its schema (namespace) on PostgreSQL. */
sql.table = (name: string): Sql => ({ parts: [{ kind: "table", name }] });

/** Text that is trusted as it stands: an expression of a revision file, or one that the database itself returned. */
sql.raw = (text: string): Sql => ({ parts: [{ kind: "text", text }] });

/** Joins statements with `separator` (`", "` unless told). */
sql.join = (pieces: readonly Sql[], separator = ", "): Sql => ({
  parts: pieces.flatMap((piece, index): SqlPart[] =>
    index === 0 ? [...piece.parts] : [{ kind: "text", text: separator }, ...piece.parts],
  ),
});

/** A list of unqualified names, joined by commas. */
sql.ids = (names: readonly string[]): Sql => sql.join(names.map((name) => sql.id(name)));
