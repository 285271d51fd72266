/** JSON without loss: what JavaScript's numbers can't hold or can't tell apart is wrapped in an object. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** An integer, exactly: a number up to 2^53, digits above. */
export function exactInteger(digits: string): Json {
  const number = Number(digits);
  return Math.abs(number) < 2 ** 53 ? number : { int: BigInt(digits).toString() };
}

/** A float, told apart from an integer of the same value. */
export function exactFloat(value: number): Json {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return { float: bytes.toString("hex") };
}

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * Parses JSON text; floats come as `exactFloat`, integers as `exactInteger` makes them.
 * @throws SyntaxError
 */
export function parseExact(text: string): Json {
  const wrapped = text.replaceAll(stringOrNumber, (token) => {
    if (token.startsWith('"')) return token;
    const value = /[.eE]/.test(token) ? exactFloat(Number(token)) : exactInteger(token);
    return JSON.stringify(value);
  });
  return JSON.parse(wrapped) as Json;
}

/** One text for equal values: keys sorted, no white space. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}
