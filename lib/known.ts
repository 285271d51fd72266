/**
 * For what is surely there, which the compiler cannot see. Where something may be missing, look it up plainly and say what holds then.
 */

/** A value that is there. */
export function surely<Value>(value: Value | null | undefined): Value {
  return value as Value;
}

/** What stands at a place of a list. */
export function valueAt<Value>(list: ArrayLike<Value>, place: number): Value {
  return list[place] as Value;
}

/** What a map has for a key. */
export function valueOf<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  return map.get(key) as Value;
}
