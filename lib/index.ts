/** The public API: everything that a program or a revision file imports from `godwit`. Nothing here loads a database driver. */
export { defineRevision, defineSwitch } from "./revision.js";
export type * from "./revision.js";
export { sql } from "./database/sql.js";
export type { Row, Sql, SqlValue } from "./database/sql.js";
export { type } from "./database/schema/types.js";
export type { LogicalType } from "./database/schema/types.js";
export type * from "./database/schema/table.js";
export type * from "./database/schema/editor.js";
export type * from "./database/data.js";
export type * from "./run/context.js";
export { GodwitError, InputError, InterruptedError, RefusedError, StepError } from "./errors.js";
export { defineConfiguration } from "./configuration/configuration.js";
export type { ConfigurationFile, Hooks } from "./configuration/configuration.js";
