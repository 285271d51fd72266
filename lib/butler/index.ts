import { RefusedError } from "../errors.js";
import type { Repository } from "../repository/repository.js";

/** How a Butler repository is opened. */
export interface ButlerOptions {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly namespace?: string;
}

/** Opens a Butler repository. */
export async function openButlerRepository(uri: string, _options: ButlerOptions): Promise<Repository> {
  throw new RefusedError("not-available", `Butler repositories cannot be opened yet ("${uri}").`);
}
