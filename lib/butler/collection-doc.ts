/** The documentation text of collections; the table is the same for both classes. */
import { type } from "../database/schema/types.js";
import type { RevisionContext } from "../run/context.js";
import { losesValues } from "../run/helpers.js";

export async function addDocColumn({ schema }: RevisionContext): Promise<void> {
  await schema.alter("collection", (table) => {
    table.addColumn("doc", type.text(), {
      nullable: true,
      comment: "Documentation string for the collection.",
    });
  });
}

export async function dropDocColumn(context: RevisionContext): Promise<void> {
  if (context.mode === "run") await docConditions(context);
  await context.schema.alter("collection", (table) => {
    table.dropColumn("doc");
  });
}

/** What is asked before a plan begins: texts are counted as lost. */
export async function docConditions(context: RevisionContext): Promise<void> {
  if (context.direction === "down") await losesValues(context, "collection", "doc");
}
