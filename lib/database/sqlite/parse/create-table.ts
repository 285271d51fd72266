/** Reads `CREATE TABLE`: the stored text is the only place where SQLite keeps names and checks. */
import type {
  Check,
  Column,
  ForeignKey,
  PrimaryKey,
  ReferentialAction,
  TableOptions,
  Unique,
} from "../../schema/table.js";
import { foldedName } from "../../schema/folded-name.js";
import { TokenReader, tokenize } from "./tokens.js";

export interface ParsedTable {
  readonly columns: readonly Column[];
  readonly primaryKey: PrimaryKey | null;
  readonly uniques: readonly Unique[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: readonly Check[];
  readonly options: TableOptions;
}

/** @throws SyntaxError for what the model of a table cannot hold (`ON CONFLICT`, ordered keys), naming it */
export function parseCreateTable(text: string): ParsedTable {
  const reader = new TokenReader(text, tokenize(text), "CREATE TABLE");
  reader.expect("CREATE");
  if (!reader.take("TEMP")) reader.take("TEMPORARY");
  reader.expect("TABLE");
  reader.take("IF", "NOT", "EXISTS");
  reader.name();
  if (reader.take(".")) reader.name();
  reader.expect("(");
  const parts = new Parts();
  do {
    if (startsConstraint(reader)) readTableConstraint(reader, parts);
    else readColumn(reader, parts);
  } while (reader.take(",") || startsConstraint(reader));
  reader.expect(")");
  return parts.table(readOptions(reader));
}

class Parts {
  readonly columns: Column[] = [];
  primaryKey: PrimaryKey | null = null;
  /** How many unique constraints stand before the primary key: SQLite numbers the indexes of both in this order. */
  uniquesBeforeKey = 0;
  readonly uniques: Unique[] = [];
  readonly foreignKeys: ForeignKey[] = [];
  readonly checks: Check[] = [];

  table(options: TableOptions): ParsedTable {
    const primaryKey = this.primaryKey === null ? null : this.#spelled(this.primaryKey);
    const uniques = this.uniques.map((key) => this.#spelled(key));
    const foreignKeys = this.foreignKeys.map((key) => this.#spelled(key));
    const { checks } = this;
    const columns = this.columns.map((column) =>
      primaryKey !== null && impliesNotNull(column, primaryKey, options)
        ? { ...column, nullable: false }
        : column,
    );
    const before = this.uniquesBeforeKey;
    return {
      columns,
      primaryKey,
      uniques,
      foreignKeys,
      checks,
      options: before === 0 ? options : { ...options, uniquesBeforeKey: String(before) },
    };
  }

  /** Keys may name columns in another case than the columns themselves have. */
  #spelled<T extends { readonly columns: readonly string[] }>(key: T): T {
    const spellings = new Map(this.columns.map(({ name }) => [foldedName("sqlite", name), name]));
    return {
      ...key,
      columns: key.columns.map((name) => spellings.get(foldedName("sqlite", name)) ?? name),
    };
  }

  setPrimaryKey(key: PrimaryKey): void {
    this.primaryKey = key;
    this.uniquesBeforeKey = this.uniques.length;
  }
}

/** In some tables, unlike others, the columns of the primary key are NOT NULL without saying so; not one that is the row id. */
function impliesNotNull(column: Column, { columns }: PrimaryKey, options: TableOptions): boolean {
  if (!columns.includes(column.name)) return false;
  if (options["withoutRowid"] === true) return true;
  return options["strict"] === true && !(columns.length === 1 && column.type.toUpperCase() === "INTEGER");
}

function startsConstraint(reader: TokenReader): boolean {
  return (
    reader.at("CONSTRAINT") ||
    reader.at("PRIMARY", "KEY") ||
    reader.at("UNIQUE") ||
    (reader.at("CHECK") && reader.peek(1)?.text === "(") ||
    reader.at("FOREIGN", "KEY")
  );
}

function readTableConstraint(reader: TokenReader, parts: Parts): void {
  const name = reader.take("CONSTRAINT") ? reader.name() : null;
  if (reader.take("PRIMARY", "KEY")) {
    parts.setPrimaryKey({ name, columns: reader.columnList() });
    refuseConflictClause(reader);
  } else if (reader.take("UNIQUE")) {
    parts.uniques.push({ name, columns: reader.columnList() });
    refuseConflictClause(reader);
  } else if (reader.take("CHECK")) {
    parts.checks.push({ name, expression: reader.parenthesized() });
    refuseConflictClause(reader);
  } else {
    reader.expect("FOREIGN", "KEY");
    parts.foreignKeys.push(readReferences(reader, name, reader.columnList()));
  }
}

function readColumn(reader: TokenReader, parts: Parts): void {
  const name = reader.name();
  const column = {
    name,
    type: readType(reader),
    nullable: true,
    default: null as string | null,
    collation: null as string | null,
    generated: null as Column["generated"],
    identity: null,
    autoincrement: false,
    comment: null,
  };
  while (!reader.at(",") && !reader.at(")")) {
    const constraint = reader.take("CONSTRAINT") ? reader.name() : null;
    readColumnConstraint(reader, parts, column, constraint);
  }
  parts.columns.push(column);
}

type DraftColumn = {
  -readonly [Key in keyof Column]: Column[Key];
};

function readColumnConstraint(
  reader: TokenReader,
  parts: Parts,
  column: DraftColumn,
  name: string | null,
): void {
  if (reader.take("PRIMARY", "KEY")) {
    if (reader.at("DESC")) throw reader.unexpected("a primary key without order");
    reader.take("ASC");
    refuseConflictClause(reader);
    column.autoincrement = reader.take("AUTOINCREMENT");
    parts.setPrimaryKey({ name, columns: [column.name] });
  } else if (reader.take("NOT", "NULL")) {
    column.nullable = false;
    refuseConflictClause(reader);
  } else if (reader.take("NULL")) {
    column.nullable = true;
  } else if (reader.take("UNIQUE")) {
    parts.uniques.push({ name, columns: [column.name] });
    refuseConflictClause(reader);
  } else if (reader.take("CHECK")) {
    parts.checks.push({ name, expression: reader.parenthesized() });
    refuseConflictClause(reader);
  } else if (reader.take("DEFAULT")) {
    column.default = readDefault(reader);
  } else if (reader.take("COLLATE")) {
    column.collation = reader.name();
  } else if (reader.at("REFERENCES")) {
    parts.foreignKeys.push(readReferences(reader, name, [column.name]));
  } else if (reader.take("GENERATED", "ALWAYS", "AS") || reader.take("AS")) {
    const expression = reader.parenthesized();
    const stored = reader.take("STORED");
    if (!stored) reader.take("VIRTUAL");
    column.generated = { expression, stored };
  } else {
    throw reader.unexpected("a column constraint");
  }
}

const constraintWords = new Set(
  "CONSTRAINT PRIMARY NOT NULL UNIQUE CHECK DEFAULT COLLATE REFERENCES GENERATED AS".split(" "),
);

/** The declared type as it stands in the text, white space folded and without comments. */
function readType(reader: TokenReader): string {
  const start = reader.peek()?.start ?? 0;
  let end = start;
  for (let token = reader.peek(); token !== undefined; token = reader.peek()) {
    if (token.text === "," || token.text === ")") break;
    if (token.kind === "word" && constraintWords.has(token.text.toUpperCase())) break;
    if (token.text === "(") {
      reader.parenthesized();
      const close = reader.peek(-1);
      end = close?.end ?? end;
      continue;
    }
    end = reader.next().end;
  }
  return withoutComments(reader.text.slice(start, end));
}

/** A text whose pieces keep at most one space between them. */
function withoutComments(text: string): string {
  const tokens = tokenize(text);
  return tokens
    .map((token, index) => (index > 0 && tokens[index - 1]?.end !== token.start ? " " : "") + token.text)
    .join("");
}

/** A default: an expression in parentheses, which are kept, a literal, or a signed number. */
function readDefault(reader: TokenReader): string {
  if (reader.at("(")) return `(${reader.parenthesized()})`;
  const first = reader.next();
  if (first.text !== "+" && first.text !== "-") return first.text;
  return first.text + reader.next().text;
}

function readReferences(reader: TokenReader, name: string | null, columns: readonly string[]): ForeignKey {
  reader.expect("REFERENCES");
  const referencedTable = reader.name();
  const referencedColumns = reader.at("(") ? reader.columnList() : [];
  let onDelete: ReferentialAction = "NO ACTION";
  let onUpdate: ReferentialAction = "NO ACTION";
  for (;;) {
    if (reader.take("ON", "DELETE")) onDelete = readAction(reader);
    else if (reader.take("ON", "UPDATE")) onUpdate = readAction(reader);
    else if (reader.at("MATCH")) throw reader.unexpected("a foreign key without MATCH");
    else break;
  }
  return {
    name,
    columns,
    referencedTable,
    referencedColumns,
    onDelete,
    onUpdate,
    deferrable: readDeferrable(reader),
  };
}

const actions = ["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"] as const;

function readAction(reader: TokenReader): ReferentialAction {
  const action = actions.find((one) => reader.take(...one.split(" ")));
  if (action === undefined) throw reader.unexpected("an action");
  return action;
}

function readDeferrable(reader: TokenReader): ForeignKey["deferrable"] {
  if (reader.take("NOT", "DEFERRABLE")) {
    if (!reader.take("INITIALLY", "DEFERRED")) reader.take("INITIALLY", "IMMEDIATE");
    return "no";
  }
  if (!reader.take("DEFERRABLE")) return "no";
  if (reader.take("INITIALLY", "DEFERRED")) return "initially-deferred";
  reader.take("INITIALLY", "IMMEDIATE");
  return "initially-immediate";
}

function refuseConflictClause(reader: TokenReader): void {
  if (reader.at("ON", "CONFLICT")) throw reader.unexpected("a constraint without ON CONFLICT");
}

function readOptions(reader: TokenReader): TableOptions {
  const options: Record<string, boolean> = {};
  while (!reader.done) {
    if (reader.take("WITHOUT", "ROWID")) options["withoutRowid"] = true;
    else if (reader.take("STRICT")) options["strict"] = true;
    else if (!reader.take(",") && !reader.take(";")) throw reader.unexpected("an option of the table");
  }
  return options;
}
