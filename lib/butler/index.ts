/** The Butler repository, for those who load it lazily. */
export { ButlerRepository, openButlerRepository } from "./repository.js";
export type { ButlerOptions } from "./repository.js";
export { defaultNames, defaultsOf } from "./defaults.js";
export { revisionId } from "./revision-id.js";
