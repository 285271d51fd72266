/** Contexts whose methods may be taken off them. */

/**
 * Binds the methods of an object to it, so that a revision may write `async up({ query, losesData })` as well as `context.query(…)`.
 * @param object an instance of a class, at the end of its constructor
 */
export function bindMethods(object: object): void {
  const prototype = Object.getPrototypeOf(object) as object;
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const method: unknown = value;
    if (name === "constructor" || typeof method !== "function") continue;
    Object.defineProperty(object, name, { value: method.bind(object) as unknown });
  }
}
