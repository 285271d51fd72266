import type { Revision, Switch } from "../graph/revision.js";
import type { RevisionDefinition, SwitchDefinition } from "../revision.js";

/** What a header declares beyond what the graph needs. */
export type HeaderExtras = Pick<
  RevisionDefinition,
  "compatibility" | "execution" | "options" | "needs" | "asks" | "irreversible" | "placeholder"
> & {
  /** Only where there is a way up and none down. */
  readonly reversible?: false;
};

/** A file's header, checked. */
export type Header =
  | { readonly kind: "revision"; readonly revision: Revision; readonly extras: HeaderExtras }
  | { readonly kind: "switch"; readonly edge: Switch; readonly extras: HeaderExtras };

/** A revision or a switch as a program wrote it. */
export type AnyDefinition = RevisionDefinition | SwitchDefinition;

/** Whether a definition is a switch: only a revision has an id. */
export function isSwitch(definition: AnyDefinition): definition is SwitchDefinition {
  return !("id" in definition);
}
