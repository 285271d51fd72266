/** The same revisions twice: as a project of godwit, and as one of Alembic. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { GraphNode } from "../../../lib/graph/graph.js";
import { asRevisions } from "./shapes.js";

/** Writes a project of godwit: a configuration, and one revision file for each node in the folder of its tree. */
export function writeProject(folder: string, nodes: readonly GraphNode[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, "godwit.config.json"),
    JSON.stringify({ repo: "sqlite:///data.sqlite3", revisions: ["./revisions"] }),
  );
  for (const { id, parents, manager, dependsOn } of asRevisions(nodes)) {
    const tree = path.join(folder, "revisions", manager);
    if (parents.length === 0) mkdirSync(tree, { recursive: true });
    writeFileSync(path.join(tree, `${id}_add_column.ts`), revisionText(id, parents, manager, dependsOn));
  }
}

function revisionText(
  id: string,
  parents: readonly string[],
  manager: string,
  dependsOn: readonly string[],
): string {
  const [first = null, ...more] = parents;
  const needed = dependsOn.length === 0 ? "" : `\n  dependsOn: ${JSON.stringify(dependsOn)},`;
  return `import { defineRevision, sql, type } from "godwit";

export default defineRevision({
  id: "${id}",
  parent: ${JSON.stringify(more.length === 0 ? first : parents)},
  manager: "${manager}",
  summary: "Add a column to table ${id}",${needed}
  async up(context) {
    await context.schema.alter("table_${id}", (table) => {
      table.addColumn("note", type.text(), { nullable: true });
    });
    await context.data.execute(sql\`update \${sql.id("table_${id}")} set note = 'none'\`);
  },
  async down(context) {
    await context.schema.alter("table_${id}", (table) => {
      table.dropColumn("note");
    });
  },
});
`;
}

/** Writes a project of Alembic: its configuration, an environment, and one script for each node. */
export function writeAlembicProject(folder: string, nodes: readonly GraphNode[]): void {
  const versions = path.join(folder, "alembic", "versions");
  mkdirSync(versions, { recursive: true });
  writeFileSync(
    path.join(folder, "alembic.ini"),
    "[alembic]\nscript_location = %(here)s/alembic\nsqlalchemy.url = sqlite://\n",
  );
  writeFileSync(path.join(folder, "alembic", "env.py"), "");
  for (const node of nodes) writeFileSync(path.join(versions, `${node.id}_add_column.py`), scriptText(node));
}

function scriptText({ id, parents, dependsOn = [] }: GraphNode): string {
  const [first = null, ...more] = parents;
  const down = more.length === 0 ? JSON.stringify(first) : `(${parents.map(quoted).join(", ")})`;
  return `"""Add a column to table ${id}

Revision ID: ${id}
"""
import sqlalchemy as sa
from alembic import op

revision = "${id}"
down_revision = ${first === null ? "None" : down}
branch_labels = None
depends_on = ${dependsOn.length === 0 ? "None" : `(${dependsOn.map(quoted).join(", ")},)`}


def upgrade() -> None:
    op.add_column("table_${id}", sa.Column("note", sa.Text(), nullable=True))
    op.execute("update table_${id} set note = 'none'")


def downgrade() -> None:
    op.drop_column("table_${id}", "note")
`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
