import { defineSwitch } from "godwit";
import {
  collectionConditions,
  nameCollections,
  numberCollections,
} from "../../lib/butler/collection-keys.js";
import { collections } from "../../lib/butler/invariants.js";

export default defineSwitch({
  manager: "collections",
  from: "93341d68b814",
  to: "8c57494cabcc",
  summary: "Refer to collections by integers instead of names",
  compatibility: { backward: "none", forward: "none" },
  invariants: collections,
  async preconditions(context) {
    await collectionConditions(context);
  },
  async up(context) {
    await numberCollections(context);
  },
  async down(context) {
    await nameCollections(context);
  },
});
