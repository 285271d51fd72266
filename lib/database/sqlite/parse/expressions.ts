/** Columns in the text of expressions that belong to one table (checks, generated columns, indexes). */
import { foldedName } from "../../schema/folded-name.js";
import type { ExpressionRules } from "../../schema/rules.js";
import { quoteName } from "../literals.js";
import { bareName } from "../statements.js";
import { nameOf, tokenize } from "./tokens.js";
import type { Token } from "./tokens.js";

/** How SQLite's expressions name columns: bare or quoted, in any case, and not before a parenthesis, where a function stands. */
export const sqliteExpressions: ExpressionRules = {
  mentions: (expression, column) => columnTokens(expression, column).length > 0,
  rename(expression, column, newName) {
    let text = "";
    let end = 0;
    for (const token of columnTokens(expression, column)) {
      text += expression.slice(end, token.start) + written(token, newName);
      end = token.end;
    }
    return text + expression.slice(end);
  },
};

/** Words that stand for a column only in quotes, or are operators where they stand bare. */
const operators = new Set(
  `all and as between case cast check collate default distinct else escape except exists from glob group having in intersect
  is isnull join like limit match not notnull null on or order regexp select set table then to union unique using values when
  where`.split(/\s+/),
);

/** The places of an expression where a column stands. */
function columnTokens(expression: string, column: string): Token[] {
  const wanted = foldedName("sqlite", column);
  const tokens = tokenize(expression);
  return tokens.filter(
    (token, index) =>
      (token.kind === "name" || (token.kind === "word" && !operators.has(token.text.toLowerCase()))) &&
      foldedName("sqlite", nameOf(token)) === wanted &&
      tokens[index + 1]?.text !== "(" &&
      tokens[index - 1]?.text.toUpperCase() !== "COLLATE",
  );
}

/** As SQLite's own RENAME COLUMN does: quoted where it was quoted before. */
function written({ kind }: Token, newName: string): string {
  return kind === "name" ? quoteName(newName) : bareName(newName);
}
