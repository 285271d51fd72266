/** Reads headers that are written in the usual way, several times faster than a complete parser does. */
import { lineAt } from "./fault.js";
import { codeFields } from "./raw-header.js";
import type { Literal, RawField, RawHeader } from "./raw-header.js";
import { Tokens, Unsure } from "./tokens.js";
import type { Token } from "./tokens.js";

/**
 * Reads the header of a file. What it returns is what `parseHeader` returns; mistakes in the code of `up` and `down` are not seen.
 * @returns null where the file has to be parsed completely
 */
export function readHeader(text: string): RawHeader | null {
  // A byte order mark shifts positions, and a renamed import may hide what is called.
  if (text.startsWith("\uFEFF")) return null;
  try {
    return new HeaderReader(text).read();
  } catch (error) {
    if (error instanceof Unsure) return null;
    throw error;
  }
}

/** Words that cannot go on with an expression. */
const statementWords: ReadonlySet<string> = new Set([
  "async",
  "class",
  "const",
  "export",
  "function",
  "import",
  "interface",
  "let",
  "type",
]);

class HeaderReader {
  readonly #text: string;
  readonly #tokens: Tokens;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = new Tokens(text);
  }

  read(): RawHeader {
    this.#findDefaultExport();
    const callee = this.#tokens.next();
    if (callee.text !== "defineRevision" && callee.text !== "defineSwitch") throw new Unsure();
    this.#demand("(");
    this.#demand("{");
    const fields = this.#fields();
    if (this.#tokens.peek().text === ",") this.#tokens.next();
    this.#demand(")");
    this.#demandEndOfStatement();
    this.#readRest();
    return {
      kind: callee.text === "defineRevision" ? "revision" : "switch",
      line: lineAt(this.#text, callee.start),
      fields: Object.fromEntries(fields),
    };
  }

  #findDefaultExport(): void {
    for (let previous = ""; ;) {
      const token = this.#tokens.next();
      if (token.kind === "end" || (token.kind === "word" && token.text === "as")) throw new Unsure();
      if (token.kind === "sign" && "([{".includes(token.text)) this.#skipOrRefuseRenames(token);
      if (previous === "export" && token.text === "default") return;
      previous = token.kind === "word" ? token.text : "";
    }
  }

  #skipOrRefuseRenames({ text, start }: Token): void {
    this.#tokens.skipBracket(text);
    const end = this.#tokens.peek().start;
    if (/\bas\b/.test(this.#text.slice(start, end))) throw new Unsure();
  }

  /** The call must be all that is exported: no part of a larger expression. */
  #demandEndOfStatement(): void {
    const { kind, text } = this.#tokens.peek();
    if (kind !== "end" && text !== ";" && !statementWords.has(text)) throw new Unsure();
  }

  /** After the header there may only be code whose brackets match. */
  #readRest(): void {
    for (;;) {
      const { kind, text } = this.#tokens.next();
      if (kind === "end") return;
      if (kind === "word" && text === "default") throw new Unsure();
      if (kind !== "sign") continue;
      if (")]}".includes(text)) throw new Unsure();
      if ("([{".includes(text)) this.#tokens.skipBracket(text);
    }
  }

  #fields(): Map<string, RawField> {
    const fields = new Map<string, RawField>();
    for (;;) {
      const key = this.#tokens.next();
      if (key.text === "}") return fields;
      const name = this.#fieldName(key);
      if (fields.has(name)) throw new Unsure();
      const line = lineAt(this.#text, key.start);
      const isCode = codeFields.has(name);
      if (isCode) this.#skipCode(name, key);
      fields.set(name, isCode ? { line } : { line, value: this.#value() });
      if (!this.#goesOn()) return fields;
    }
  }

  /** The name of a field; `async` before a method is part of what is skipped. */
  #fieldName(key: Token): string {
    const name = key.text === "async" ? this.#tokens.peek().text : this.#keyName(key);
    if (name === "__proto__" || (key.text === "async" && !codeFields.has(name))) throw new Unsure();
    return name;
  }

  #skipCode(name: string, key: Token): void {
    if (key.text === "async" && this.#tokens.next().text !== name) throw new Unsure();
    const next = this.#tokens.peek();
    // Methods may be followed by an annotation of their type, so everything up to the next comma is skipped alike.
    if (next.text === ":") this.#tokens.next();
    else if (next.text !== "(" && next.text !== "," && next.text !== "}") throw new Unsure();
    const isShort = next.text === "," || next.text === "}";
    if (key.kind === "string" && isShort) throw new Unsure();
    if (next.text === ":" && /^[,}]$/.test(this.#tokens.peek().text)) throw new Unsure();
    for (;;) {
      const { kind, text } = this.#tokens.peek();
      if (kind === "end" || text === ")" || text === "]") throw new Unsure();
      if (kind === "sign" && (text === "," || text === "}")) return;
      this.#tokens.next();
      if (kind === "sign" && "([{".includes(text)) this.#tokens.skipBracket(text);
    }
  }

  #keyName({ kind, text }: Token): string {
    if (kind === "word") return text;
    if (kind === "string") return stringValue(text);
    throw new Unsure();
  }

  #value(): Literal {
    this.#demand(":");
    return this.#literal();
  }

  #literal(): Literal {
    const value = this.#bareLiteral();
    if (this.#tokens.peek().text !== "as") return value;
    this.#tokens.next();
    if (this.#tokens.next().text !== "const") throw new Unsure();
    return value;
  }

  #bareLiteral(): Literal {
    const token = this.#tokens.next();
    switch (token.kind) {
      case "string":
        return stringValue(token.text);
      case "template":
        return templateValue(token.text);
      case "number":
        return Number(token.text);
      case "word":
        return wordValue(token.text);
      case "sign":
        if (token.text === "[") return this.#list();
        if (token.text === "{") return this.#object();
        if (token.text === "-") return -this.#positive();
        throw new Unsure();
      default:
        throw new Unsure();
    }
  }

  #positive(): number {
    const { kind, text } = this.#tokens.next();
    // JSON has no negative zero.
    if (kind !== "number" || Number(text) === 0) throw new Unsure();
    return Number(text);
  }

  #list(): Literal[] {
    const list: Literal[] = [];
    while (this.#tokens.peek().text !== "]") {
      list.push(this.#literal());
      if (this.#tokens.peek().text === "]") break;
      this.#demand(",");
    }
    this.#demand("]");
    return list;
  }

  #object(): Literal {
    const entries = new Map<string, Literal>();
    for (;;) {
      const key = this.#tokens.next();
      if (key.text === "}") break;
      const name = this.#keyName(key);
      if (entries.has(name) || name === "__proto__") throw new Unsure();
      entries.set(name, this.#value());
      if (!this.#goesOn()) break;
    }
    return Object.fromEntries(entries);
  }

  /** After a field: whether another may follow. */
  #goesOn(): boolean {
    const { text } = this.#tokens.next();
    if (text === ",") return true;
    if (text === "}") return false;
    throw new Unsure();
  }

  #demand(sign: string): void {
    const { kind, text } = this.#tokens.next();
    if (kind !== "sign" || text !== sign) throw new Unsure();
  }
}

function wordValue(word: string): Literal {
  if (word === "null") return null;
  if (word === "true" || word === "false") return word === "true";
  throw new Unsure();
}

/** Only escapes that JSON has too. */
function stringValue(text: string): string {
  if (!text.includes("\\")) return text.slice(1, -1);
  if (!/^"(?:[^\\]|\\["\\/bfnrt])*"$/.test(text)) throw new Unsure();
  return JSON.parse(text.replaceAll("\t", "\\t")) as string;
}

function templateValue(text: string): string {
  if (/[\\\r]|\$\{/.test(text)) throw new Unsure();
  return text.slice(1, -1);
}
