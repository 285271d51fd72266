/** The list of commands. Each file has the same three parts: what is typed, what is done, what is shown. */
import type { CommandModule } from "yargs";
import { copyCommand } from "./copy.js";
import { rehearseCommand } from "./rehearse.js";
import { branchesCommand, headsCommand } from "./heads.js";
import { butlerCommand } from "./butler.js";
import { checkCommand } from "./check.js";
import { currentCommand } from "./current.js";
import { downgradeCommand } from "./downgrade.js";
import { formatCommand } from "./format.js";
import { historyCommand } from "./history.js";
import { initCommand } from "./init.js";
import { planCommand } from "./plan.js";
import { repositoriesCommand } from "./repositories.js";
import { repairCommand } from "./repair.js";
import { revisionCommand } from "./revision.js";
import { showCommand } from "./show.js";
import { stampCommand } from "./stamp.js";
import { upgradeCommand } from "./upgrade.js";

/** A command that ends with an exit code. */
export interface Command extends Pick<CommandModule, "command" | "describe" | "builder"> {
  /** Commands below this one, which then runs nothing itself. */
  readonly commands?: readonly Command[];
  /** A call, for those who leave out what it needs: `godwit downgrade -1`. */
  readonly example?: string;
  /** What its help page ends with, where that has to be looked up. */
  readonly helpEpilogue?: (args: readonly string[]) => Promise<string>;
  run(argv: Readonly<Record<string, unknown>>): Promise<number>;
}

export const commands: readonly Command[] = [
  initCommand,
  revisionCommand,
  upgradeCommand,
  downgradeCommand,
  planCommand,
  stampCommand,
  currentCommand,
  historyCommand,
  headsCommand,
  branchesCommand,
  showCommand,
  checkCommand,
  repairCommand,
  repositoriesCommand,
  formatCommand,
  butlerCommand,
  copyCommand,
  rehearseCommand,
];
