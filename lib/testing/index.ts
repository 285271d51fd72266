/** Helpers for the tests of revisions: `godwit/testing`. */
export { defineRevision } from "../revision.js";
