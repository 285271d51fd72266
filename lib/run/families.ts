import { InputError } from "../errors.js";
import type { TableFamily } from "../repository/repository.js";

/**
 * The tables of a family that are in the database.
 * @throws InputError `unknown-family` with the families that there are
 */
export function tablesOfFamily(families: readonly TableFamily[], name: string): readonly string[] {
  const family = families.find((one) => one.name === name);
  if (family === undefined) {
    throw new InputError("unknown-family", `The repository has no family of tables "${name}".`, {
      hint: families.length === 0 ? "It has none." : `It has ${families.map((one) => one.name).join(", ")}.`,
    });
  }
  const missing = new Set(family.missing);
  return family.recorded.filter((table) => !missing.has(table));
}
