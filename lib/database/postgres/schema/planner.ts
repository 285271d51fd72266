/** What operations on PostgreSQL come to, without carrying them out. */
import { InputError, RefusedError } from "../../../errors.js";
import { applyChanges, emptyTable } from "../../schema/apply.js";
import type { Rules } from "../../schema/rules.js";
import type { TableChange } from "../../schema/changes.js";
import type { Conventions } from "../../schema/conventions.js";
import type { SchemaEffect } from "../../schema/editor.js";
import type { Target } from "../../schema/draft.js";
import type { PlannedAlteration, SchemaPlanner } from "../../schema/planning.js";
import { renamesOf } from "../../schema/renames.js";
import type { Table } from "../../schema/table.js";
import type { Sql } from "../../sql.js";
import { literal, maximumNameBytes, renderSql } from "../literals.js";
import { planAlteration, renameStatements } from "./alter.js";
import { Clauses } from "./clauses.js";
import { computeValues, needsFormerNames, withoutGone } from "./computed-values.js";
import { createStatements } from "./create.js";
import { mentions, withFinalNames } from "./final-names.js";
import { objectRenames } from "./object-renames.js";

/** What PostgreSQL and a repository say about names and types. */
export function postgresRules(namespace: string, conventions: Conventions): Rules {
  return {
    dialect: "postgres",
    conventions,
    render: (statement) => renderSql(statement, namespace),
    literal,
  };
}

/** Plans operations without a server. */
export function postgresPlanner(namespace: string, rules: Rules): SchemaPlanner {
  const clauses = new Clauses(namespace);
  const create = (table: Table): SchemaEffect => {
    requireShortNames(table);
    return { table: table.name, cost: "metadata", statements: createStatements(table, namespace) };
  };
  return {
    dialect: "postgres",
    define: (name, parts) => {
      const { table } = applyChanges(emptyTable(name), parts, rules);
      return { table, effect: create(table) };
    },
    create,
    drop: ({ name }) => ({
      table: name,
      cost: "metadata",
      statements: [`DROP TABLE ${clauses.relation(name)}`],
    }),
    alter: (table, changes) => planChanges(namespace, rules, table, changes),
    rebuild: (old, changes) => {
      const { table } = applyChanges(old, changes, rules);
      return { table, effect: { ...create(table), cost: "rewrite" } };
    },
    createSequence: (name, start) => ({
      table: name,
      cost: "metadata",
      statements: [
        `CREATE SEQUENCE ${clauses.relation(name)}`,
        // A sequence that began with 1 is what a new repository has.
        ...(start === 1n ? [] : [`SELECT setval(${literal(clauses.relation(name))}, ${start - 1n})`]),
      ],
    }),
    dropSequence: (name) => ({
      table: name,
      cost: "metadata",
      statements: [`DROP SEQUENCE ${clauses.relation(name)}`],
    }),
  };
}

function planChanges(
  namespace: string,
  rules: Rules,
  old: Table,
  changes: readonly TableChange[],
): PlannedAlteration {
  const render = ({ expression }: { readonly expression: Sql }): string => rules.render(expression);
  const target = applyChanges(old, withFinalNames(changes), rules);
  requireShortNames(target.table);
  const remade = remadeColumns(old, target);
  requireUngenerated(old, target, remade);
  const values = needsFormerNames(old, target)
    ? computeValues(old, target, changes, namespace, rules)
    : { statements: [], table: old, target };
  const renaming = [
    ...renamesOf(values.table, values.target, rules).changes,
    ...objectRenames(values.table, target.table.name, changes),
  ];
  const start = applyChanges(values.table, renaming, rules).table;
  const plan = planAlteration(start, values.target, namespace, render);
  const statements = [
    ...values.statements,
    ...renameStatements(old, renaming, namespace),
    ...plan.statements,
  ];
  const cost = values.statements.length > 0 ? "rewrite" : plan.cost;
  const effect: SchemaEffect = { table: target.table.name, cost, statements };
  const gone = {
    constraints: withoutGone(old, target, changes, rules).dropped,
    newNames: new Map([...target.origins].map(([newName, name]) => [name, newName])),
  };
  return { table: target.table, effect, remade, gone };
}

/** The server changes the type of a column only where no view uses it. */
function remadeColumns(old: Table, { table, sources, origins }: Target): string[] {
  return old.columns
    .filter((before) => {
      const after = table.columns.find(({ name }) => origins.get(name) === before.name);
      return (
        after === undefined || after.type !== before.type || sources.get(after.name)?.kind === "expression"
      );
    })
    .map(({ name }) => name);
}

/** The server gives no other type or values to columns from which others are computed that stay. */
function requireUngenerated(old: Table, { origins }: Target, remade: readonly string[]): void {
  const stay = new Set(origins.values());
  for (const { name, generated } of old.columns) {
    if (generated === null || !stay.has(name)) continue;
    const source = remade.find((one) => one !== name && mentions(generated.expression, one));
    if (source === undefined) continue;
    throw new RefusedError(
      "unsupported-alteration",
      `Column "${source}" of "${old.name}" would go, or get another type or other values, and "${name}" is generated from it.`,
      { hint: `Drop "${name}" before the change, and make it again afterwards.` },
    );
  }
}

/** The server would cut longer names without a word. */
function requireShortNames(table: Table): void {
  const keys = table.primaryKey === null ? [] : [table.primaryKey];
  const objects = [
    ...keys,
    ...table.uniques,
    ...table.foreignKeys,
    ...table.checks,
    ...table.exclusions,
    ...table.indexes,
  ];
  const names = [
    table.name,
    ...table.columns.map(({ name }) => name),
    ...objects.flatMap(({ name }) => name ?? []),
  ];
  const long = names.find((name) => Buffer.byteLength(name) > maximumNameBytes);
  if (long === undefined) return;
  throw new InputError(
    "long-name",
    `The name "${long}" in table "${table.name}" is longer than ${maximumNameBytes} bytes.`,
    {
      hint: "PostgreSQL would cut it; give a shorter one.",
    },
  );
}
