/** Settings of each connection, so that what is read and written does not depend on how server, database or user are set up. */
import { literal, quoteName } from "./literals.js";

const fixed: Readonly<Record<string, string>> = {
  TimeZone: "UTC",
  DateStyle: "ISO",
  IntervalStyle: "postgres",
  extra_float_digits: "3",
  bytea_output: "hex",
  standard_conforming_strings: "on",
  client_min_messages: "warning",
  row_security: "off",
  check_function_bodies: "off",
  statement_timeout: "0",
  idle_in_transaction_session_timeout: "0",
};

/** How long settings stay: with a transaction-pooling proxy a connection is ours only while a transaction lasts. */
export type SettingsScope = "session" | "transaction";

/**
 * The statements that settle a connection, as one text.
 * @param namespace comes first in the search path; `public` follows for functions and types of extensions
 * @param lockTimeoutMs longest wait for a lock of a table, in milliseconds
 */
export function settingsText(
  scope: SettingsScope,
  namespace: string,
  lockTimeoutMs: number,
  serverVersion: number,
): string {
  const word = scope === "session" ? "SET SESSION" : "SET LOCAL";
  const values = { ...fixed, lock_timeout: String(lockTimeoutMs) };
  const lines = Object.entries(values).map(([name, value]) => `${word} ${name} = ${literal(value)}`);
  if (serverVersion >= 170000) lines.push(`${word} transaction_timeout = 0`);
  lines.push(`${word} search_path = ${normalPath(namespace)}`);
  return lines.join("; ");
}

/** The search path in which statements run; temporary tables come last, so that none hides a table of the repository. */
export function normalPath(namespace: string): string {
  const schemas = namespace === "public" ? [namespace] : [namespace, "public"];
  return [...schemas.map(quoteName), "pg_temp"].join(", ");
}

/** The search path of inspection: what lies outside of the namespace is written with its schema. */
export function inspectionPath(namespace: string): string {
  return [quoteName(namespace), "pg_temp"].join(", ");
}
