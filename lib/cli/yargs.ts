/** The build puts all of yargs into this one file: loading its sixty costs more time than most commands take. */
export { default } from "yargs";
