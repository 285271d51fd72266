/** Values as PostgreSQL writes them, decoded by the type's OID. Only what a JavaScript value holds without loss is decoded. */
import type { SqlValue } from "../sql.js";

type Decoder = (text: string) => SqlValue;

const text: Decoder = (value) => value;

/** OIDs of the built-in types; they are the same on every server. */
const decoders: ReadonlyMap<number, Decoder> = new Map<number, Decoder>([
  [16, (value) => value === "t"],
  [17, (value) => new Uint8Array(Buffer.from(value.slice(2), "hex"))],
  [20, BigInt],
  [21, BigInt],
  [23, BigInt],
  [700, Number],
  [701, Number],
]);

/** What `pg` asks for the way to read a type: everything not listed stays the server's text. */
export const valueTypes = {
  getTypeParser: (oid: number): Decoder => decoders.get(oid) ?? text,
};
