/** What was given, and nothing else. */

/**
 * Leaves out what was not given, so that spreading it sets no field to `undefined`.
 * @example open(uri, given({ folder, namespace }))
 */
export function given<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const found = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(found) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}
