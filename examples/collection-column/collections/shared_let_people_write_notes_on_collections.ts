import { losesValues, type, type RevisionContext } from "godwit";

export async function up(context: RevisionContext): Promise<void> {
  await context.schema.alter("collection", (table) => {
    table.addColumn("note", type.text(), { nullable: true });
  });
}

export async function down(context: RevisionContext): Promise<void> {
  await losesValues(context, "collection", "note");
  await context.schema.alter("collection", (table) => {
    table.dropColumn("note");
  });
}
