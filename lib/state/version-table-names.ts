/** Names of the version tables, known without a database. */
import { InputError } from "../errors.js";

/** PostgreSQL cuts longer names without a word. */
const longestName = 63;

/** The table that records a tree. @throws InputError `manager-name` where the name is too long for a table */
export function versionTableName(manager: string): string {
  const name = `revision_${manager.replaceAll("-", "_")}`;
  if (Buffer.byteLength(name) > longestName) {
    throw new InputError(
      "manager-name",
      `The version table of manager "${manager}" would be called "${name}", which is longer than ${longestName} bytes.`,
      { hint: "Give the manager a shorter name." },
    );
  }
  return name;
}

/**
 * Refuses managers whose version tables would be the same table.
 * @throws InputError `manager-name`
 */
export function checkVersionTableNames(managers: Iterable<string>): void {
  const owners = new Map<string, string>();
  for (const manager of managers) {
    const table = versionTableName(manager);
    const owner = owners.get(table.toLowerCase());
    if (owner !== undefined) {
      throw new InputError(
        "manager-name",
        `Managers "${owner}" and "${manager}" would share the version table "${table}".`,
        {
          hint: "Rename one of the two managers.",
        },
      );
    }
    owners.set(table.toLowerCase(), manager);
  }
}
