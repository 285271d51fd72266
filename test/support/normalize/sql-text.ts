/** Takes apart the text of CREATE TABLE statements, as far as PRAGMAs don't tell what stands there. */

const closing: Readonly<Record<string, string>> = { "'": "'", '"': '"', "`": "`", "[": "]" };

/** A name, quoted in any of SQLite's ways or not. */
export const identifier = String.raw`(?:"(?:[^"]|"")*"|\`[^\`]*\`|\[[^\]]*\]|[A-Za-z_][\w$]*)`;

/** The index after a quoted text that begins at `start`. */
function afterQuoted(text: string, start: number): number {
  const end = closing[text.charAt(start)] ?? "";
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] !== end) continue;
    if (end === "]" || text[index + 1] !== end) return index + 1;
    index += 1;
  }
  return text.length;
}

/** The parts of a list between commas that are in no parentheses and no quotes, without white space around them. */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let begin = 0;
  let index = 0;
  while (index < text.length) {
    const character = text.charAt(index);
    if (character in closing) {
      index = afterQuoted(text, index);
      continue;
    }
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === "," && depth === 0) {
      parts.push(text.slice(begin, index).trim());
      begin = index + 1;
    }
    index += 1;
  }
  const last = text.slice(begin).trim();
  return last === "" ? parts : [...parts, last];
}

/**
 * The text within the parentheses that open at `start`, and the index after them.
 * @throws Error where they don't close
 */
export function parenthesized(text: string, start: number): { readonly inner: string; readonly end: number } {
  let depth = 0;
  let index = start;
  while (index < text.length) {
    const character = text.charAt(index);
    if (character === "'" || character === '"') {
      index = text.indexOf(character, index + 1) + 1;
      if (index === 0) break;
      continue;
    }
    if (character === "(") depth += 1;
    if (character === ")" && (depth -= 1) === 0) {
      return { inner: text.slice(start + 1, index), end: index + 1 };
    }
    index += 1;
  }
  throw new Error(`parentheses that don't close: ${text}`);
}

/** A name without its quotes. */
export function unquote(name: string): string {
  const text = name.trim();
  const first = text.charAt(0);
  if (first === "[") return text.slice(1, -1);
  if (first !== '"' && first !== "`") return text;
  return text.slice(1, -1).replaceAll(first + first, first);
}

export const columnNames = (list: string): string[] => splitList(list).map(unquote);

/** One text for expressions that differ in white space, outer parentheses or needless quotes only. */
export function normalizeExpression(expression: string): string {
  let text = expression.trim().replaceAll(/\s+/g, " ");
  while (text.startsWith("(")) {
    const { inner, end } = parenthesized(text, 0);
    if (end !== text.length) break;
    text = inner.trim();
  }
  return text.replaceAll(/"([a-z_][a-z0-9_]*)"/g, "$1").replaceAll(/\s*(<=|>=|<|>|=|!=)\s*/g, "$1");
}
