import { defineSwitch } from "godwit";
import { nameCollections, numberCollections } from "../../lib/butler/collection-keys.js";
import { countTable } from "../../lib/butler/counting.js";

export default defineSwitch({
  manager: "collections",
  from: "93341d68b814",
  to: "8c57494cabcc",
  summary: "Refer to collections by integers instead of names",
  compatibility: { backward: "none", forward: "none" },
  invariants: [
    {
      description: "the number of collections",
      before: (context) => countTable(context, "collection"),
      after: (context) => countTable(context, "collection"),
    },
    {
      description: "the number of datasets",
      before: (context) => countTable(context, "dataset"),
      after: (context) => countTable(context, "dataset"),
    },
  ],
  async up(context) {
    await numberCollections(context);
  },
  async down(context) {
    await nameCollections(context);
  },
});
