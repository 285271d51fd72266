/**
 * Splits TypeScript into tokens, as far as that is possible without a grammar: enough to find a header, and to skip code by its
 * brackets. Where it cannot be sure it says so, and a complete parser is asked.
 */
import { surely } from "../known.js";

/** The text cannot be split for certain. Thrown and caught inside of the reader only. */
export class Unsure extends Error {}

export interface Token {
  readonly kind: "word" | "string" | "number" | "template" | "sign" | "regex" | "end";
  readonly text: string;
  /** Position in the text. */
  readonly start: number;
}

const space = /(?:\s+|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/y;
const word = /[A-Za-z_$][\w$]*/y;
const number = /(?:0|[1-9]\d*)(?:\.\d+)?(?![\w$.])/y;
const quoted = /"(?:[^"\\\n\r]|\\[^\r\n])*"|'(?:[^'\\\n\r]|\\[^\r\n])*'/y;
const regex = /\/(?![*/])(?:[^\\/[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*\])+\/[A-Za-z]*/y;
const plainTemplate = /[^`\\$]*(?:(?:\\[^]|\$(?!\{))[^`\\$]*)*/y;

const comment = /\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\//y;

/** In code that is skipped: everything but brackets, and what may hold a bracket that is none. */
const uninteresting = /[^()[\]{}"'`/#\\@\u007F-\uFFFF]+/y;

/** Longer words need not be known. */
const maximalWord = 32;

/** Words after which a `/` begins a regular expression. */
const operators: ReadonlySet<string> = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "void",
  "await",
  "yield",
  "delete",
]);
const beforeRegex: ReadonlySet<string> = new Set(["(", ",", "=", ":", "[", "?", "{", ";", "&", "|"]);

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Reads tokens one after the other. */
export class Tokens {
  readonly #text: string;
  #position = 0;
  #previous: Token = { kind: "end", text: "", start: 0 };
  #beforePrevious = "";
  /** The end of the last comment in code that was skipped: what stands before it is not looked at. */
  #commentEnd = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token, without going on. */
  peek(): Token {
    const [position, previous, before] = [this.#position, this.#previous, this.#beforePrevious];
    const token = this.next();
    [this.#position, this.#previous, this.#beforePrevious] = [position, previous, before];
    return token;
  }

  /** The next token, white space and comments left out. @throws Unsure */
  next(): Token {
    this.#match(space);
    const start = this.#position;
    const token = { kind: this.#kindAt(start), text: "", start };
    const read = { ...token, text: this.#text.slice(start, this.#position) };
    this.#beforePrevious = this.#previous.text;
    this.#previous = read;
    return read;
  }

  /** Goes on to the closing bracket of one that was just read. @throws Unsure where brackets do not match */
  skipBracket(open: string): void {
    const stack = [surely(closing[open])];
    while (stack.length > 0) {
      this.#match(uninteresting);
      const start = this.#position;
      const sign = this.#text[start] ?? "";
      if (Object.hasOwn(closing, sign)) stack.push(surely(closing[sign]));
      else if (!")]}".includes(sign) || sign === "") {
        this.#skipSpecial(sign);
        continue;
      } else if (stack.pop() !== sign) throw new Unsure();
      this.#position += 1;
      this.#previous = { kind: "sign", text: sign, start };
    }
  }

  /** Goes past a text, template, comment or `/` in code of which only the brackets matter. */
  #skipSpecial(sign: string): void {
    if (sign === '"' || sign === "'") this.#demand(quoted, "string");
    else if (sign === "`") this.#template();
    else if (sign === "/") this.#skipSlash();
    else throw new Unsure();
  }

  #skipSlash(): void {
    if (this.#match(comment)) {
      this.#commentEnd = this.#position;
      return;
    }
    const before = this.#text.slice(this.#commentEnd, this.#position).trimEnd();
    const last = before.at(-1) ?? "";
    const [name] = surely(/[\w$]*$/.exec(before.slice(-maximalWord)));
    const isWord = name !== "" && name.length < maximalWord;
    this.#previous = { kind: isWord ? "word" : "sign", text: isWord ? name : last, start: this.#position };
    this.#beforePrevious = before.at(-2) ?? "";
    this.#slash();
  }

  #kindAt(start: number): Token["kind"] {
    const first = this.#text[start];
    if (first === undefined) return "end";
    if (this.#match(word)) return "word";
    if (first === '"' || first === "'") return this.#demand(quoted, "string");
    if (/\d/.test(first)) return this.#demand(number, "number");
    if (first === "`") return this.#template();
    if (first === "/") return this.#slash();
    if (first > "\u007E" || first === "#" || first === "\\" || first === "@") throw new Unsure();
    this.#position += 1;
    return "sign";
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#position;
    if (!pattern.test(this.#text)) return false;
    this.#position = pattern.lastIndex;
    return true;
  }

  #demand(pattern: RegExp, kind: Token["kind"]): Token["kind"] {
    if (!this.#match(pattern)) throw new Unsure();
    return kind;
  }

  #template(): "template" {
    this.#position += 1;
    for (;;) {
      this.#match(plainTemplate);
      const end = this.#text[this.#position];
      if (end === undefined) throw new Unsure();
      this.#position += end === "`" ? 1 : 2;
      if (end === "`") return "template";
      this.#previous = { kind: "sign", text: "{", start: this.#position };
      this.skipBracket("{");
    }
  }

  /** A `/` divides, or begins a regular expression; by which token stands before it, this is sometimes certain. */
  #slash(): "sign" | "regex" {
    const { kind, text } = this.#previous;
    const divides =
      kind === "number" ||
      kind === "string" ||
      kind === "template" ||
      text === "`" ||
      text === '"' ||
      text === "'" ||
      text === "]" ||
      (kind === "word" && !operators.has(text));
    if (divides) {
      this.#position += 1;
      return "sign";
    }
    const begins =
      (kind === "word" && operators.has(text)) ||
      beforeRegex.has(text) ||
      (text === ">" && this.#beforePrevious === "=");
    if (begins && this.#match(regex)) return "regex";
    throw new Unsure();
  }
}
