/** The tokens of a SQLite statement, with their places in the text. */
export interface Token {
  /** `name`: quoted in any of the three ways; `word`: a keyword or a bare name; `string`, `number`, `blob`: literals; `symbol`: anything else. */
  readonly kind: "word" | "name" | "string" | "number" | "blob" | "symbol";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const patterns: readonly (readonly [Token["kind"] | "space", RegExp])[] = [
  ["space", /(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))+/y],
  ["blob", /[xX]'[0-9a-fA-F]*'/y],
  ["string", /'(?:[^']|'')*'/y],
  ["name", /"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/y],
  ["number", /(?:0[xX][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)/y],
  ["word", /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ["symbol", /->>|->|\|\||<<|>>|<=|>=|<>|==|!=|[\s\S]/y],
];

/** Reads a statement's text. White space and comments are left out. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = position;
      const match = pattern.exec(text);
      if (match === null) continue;
      const end = position + match[0].length;
      if (kind !== "space") tokens.push({ kind, text: match[0], start: position, end });
      position = end;
      break;
    }
  }
  return tokens;
}

/** The name that a token stands for. SQLite also takes a string where only a name fits. */
export function nameOf(token: Token): string {
  const { kind, text } = token;
  if (kind === "string") return text.slice(1, -1).replaceAll("''", "'");
  if (kind !== "name") return text;
  const inner = text.slice(1, -1);
  if (text.startsWith("[")) return inner;
  const quote = text.charAt(0);
  return inner.replaceAll(quote + quote, quote);
}

/** Walks over tokens. */
export class TokenReader {
  #position = 0;

  constructor(
    readonly text: string,
    readonly tokens: readonly Token[],
    readonly what: string,
  ) {}

  get done(): boolean {
    return this.#position >= this.tokens.length;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.#position + ahead];
  }

  next(): Token {
    const token = this.tokens[this.#position];
    if (token === undefined) throw new SyntaxError(`${this.what}: the statement ends too early`);
    this.#position += 1;
    return token;
  }

  /** Whether the coming tokens are these words. */
  at(...words: readonly string[]): boolean {
    return words.every((word, index) => isWord(this.peek(index), word));
  }

  /** Steps over these words if they come. */
  take(...words: readonly string[]): boolean {
    if (!this.at(...words)) return false;
    this.#position += words.length;
    return true;
  }

  expect(...words: readonly string[]): void {
    if (!this.take(...words)) throw this.unexpected(words.join(" "));
  }

  name(): string {
    const token = this.next();
    if (!["word", "name", "string"].includes(token.kind)) throw this.unexpected("a name");
    return nameOf(token);
  }

  /** The text between parentheses that open here, without them. */
  parenthesized(): string {
    const open = this.next();
    if (open.text !== "(") throw this.unexpected("(");
    const start = this.#position;
    let depth = 1;
    while (depth > 0) {
      const token = this.next();
      if (token.kind !== "symbol") continue;
      if (token.text === "(") depth += 1;
      if (token.text === ")") depth -= 1;
    }
    // A comment that stands last would hide what is written after it.
    const [first, last] = [this.tokens[start], this.tokens[this.#position - 2]];
    if (this.#position - 1 <= start) return "";
    return this.text.slice(first?.start, last?.end);
  }

  /** The text from here to the end, without comments that stand last. */
  rest(): string {
    return this.text.slice(this.peek()?.start ?? this.text.length, this.tokens.at(-1)?.end);
  }

  /** The names of a list of columns in parentheses. */
  columnList(): string[] {
    this.expect("(");
    const names: string[] = [];
    do names.push(this.name());
    while (this.take(","));
    if (!this.at(")")) throw this.unexpected("plain columns");
    this.expect(")");
    return names;
  }

  unexpected(expected: string): SyntaxError {
    const token = this.peek();
    const found = token === undefined ? "the end" : `"${token.text}"`;
    return new SyntaxError(`${this.what}: expected ${expected} instead of ${found}`);
  }
}

function isWord(token: Token | undefined, word: string): boolean {
  if (token === undefined || (token.kind !== "word" && token.kind !== "symbol")) return false;
  return token.text.toUpperCase() === word;
}
