/** Taking apart SQL that the server wrote: only as far as quotes and parentheses, and only where the catalogs hold no better. */

/** Position after the quoted piece that begins at `start`; a doubled quote is part of it. */
function afterQuoted(text: string, start: number): number {
  const quote = text.charAt(start);
  let at = start + 1;
  while (at < text.length) {
    if (text.charAt(at) !== quote) at += 1;
    else if (text.charAt(at + 1) === quote) at += 2;
    else return at + 1;
  }
  return text.length;
}

/** A list in parentheses: its elements, and where it ends. */
export interface ParenthesizedList {
  readonly elements: readonly string[];
  /** Position after the closing parenthesis. */
  readonly end: number;
}

/** Splits the list whose opening parenthesis is at `start`, at its outermost commas; null if it is not closed. */
export function splitList(text: string, start: number): ParenthesizedList | null {
  const elements: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < text.length;) {
    const character = text.charAt(at);
    if (character === "'" || character === '"') {
      at = afterQuoted(text, at);
      continue;
    }
    if (character === "(" || character === "[") depth += 1;
    if (character === ")" || character === "]") depth -= 1;
    if (depth === 0) return { elements: [...elements, text.slice(from, at).trim()], end: at + 1 };
    if (character === "," && depth === 1) {
      elements.push(text.slice(from, at).trim());
      from = at + 1;
    }
    at += 1;
  }
  return null;
}

/** Takes off parentheses that enclose the whole of an expression. */
export function withoutOuterParentheses(expression: string): string {
  if (!expression.startsWith("(")) return expression;
  const list = splitList(expression, 0);
  return list?.end === expression.length ? expression.slice(1, -1) : expression;
}
