import { valueAt } from "../../known.js";

/**
 * Whether a text matches a shell-style pattern as Python's `fnmatch` understands it: `*` any text, `?` any character, `[…]` one of
 * some, `[!…]` none of them; nothing is special about slashes and dots, and an unclosed bracket means itself.
 */
export function matchesShellPattern(text: string, pattern: string): boolean {
  return new RegExp(`^(?:${expressionOf(Array.from(pattern))})$`, "su").test(text);
}

function expressionOf(characters: readonly string[]): string {
  let expression = "";
  for (let at = 0; at < characters.length; at += 1) {
    const character = valueAt(characters, at);
    const end = character === "[" ? closingBracket(characters, at) : -1;
    if (character === "*") expression += ".*";
    else if (character === "?") expression += ".";
    else if (end < 0) expression += escaped(character);
    else {
      expression += bracket(characters.slice(at + 1, end));
      at = end;
    }
  }
  return expression;
}

/** The first character of a set may be a bracket, and belongs to it. */
function closingBracket(characters: readonly string[], start: number): number {
  const first = start + (characters[start + 1] === "!" ? 2 : 1);
  return characters.indexOf("]", first + 1);
}

function bracket(content: readonly string[]): string {
  const negated = content[0] === "!";
  const members = negated ? content.slice(1) : content;
  const set = members
    .map((one, index) => (isRange(members, index) || one !== "-" ? escaped(one) : "\\-"))
    .join("");
  // A range whose ends are the wrong way round matches nothing.
  if (/(.)-(.)/su.test(members.join("")) && !isOrdered(members)) return negated ? "." : "(?!)";
  return `[${negated ? "^" : ""}${set}]`;
}

/** Whether a hyphen stands between the ends of a range. */
function isRange(members: readonly string[], index: number): boolean {
  return members[index] === "-" && index > 0 && index < members.length - 1;
}

function isOrdered(members: readonly string[]): boolean {
  return members.every((one, index) => {
    const next = members[index + 2];
    return members[index + 1] !== "-" || next === undefined || one <= next;
  });
}

function escaped(character: string): string {
  return /[\^$\\.*+?()[\]{}|]/.test(character) ? `\\${character}` : character;
}
