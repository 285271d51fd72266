/** The configuration of a project: `godwit.config.ts`, `.js` or `.json`. */
import type { RunEvent } from "../run/events.js";
import type { StepHooks } from "../run/hooks.js";

/** What a configuration file holds. Relative paths start from the folder of the file. */
export interface ConfigurationFile {
  /** The repository that commands mean which are given none. */
  readonly repo?: string;
  /**
   * Folders that hold a folder for each manager, or packages that say where theirs are (default `["./revisions"]`). The Butler's trees
   * come with godwit and are always there.
   */
  readonly revisions?: readonly string[];
  /** Folder of templates of one's own (default `./templates`, where there is one). */
  readonly templates?: string;
  /** Content that revisions need from downstream, by its name: a value, `module#export`, or a list of these. */
  readonly providers?: Readonly<Record<string, unknown>>;
  readonly hooks?: Hooks;
}

/** What is called for a project. Functions stand only in a configuration that is code. */
export interface Hooks extends StepHooks {
  /** Commands that run on files after `revision new` wrote them; `{file}` stands for each file. */
  readonly afterWriting?: readonly string[];
  /** Told everything that happens in a run. It only listens: an error of it is a warning. */
  readonly onEvent?: (event: RunEvent) => void;
}

/** A configuration that was read and checked. */
export interface Configuration extends ConfigurationFile {
  /** Absolute path of the file. */
  readonly file: string;
  /** The folder of the file, where relative paths start. */
  readonly folder: string;
}

/** Gives a configuration its type: `export default defineConfiguration({ … })`. */
export function defineConfiguration(configuration: ConfigurationFile): ConfigurationFile {
  return configuration;
}
