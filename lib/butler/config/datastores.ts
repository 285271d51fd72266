/** The datastores of a repository: their names, and the tables that hold the records of their files. */
import { isRecord, textAt, valueAt } from "./tree.js";
import type { ConfigTree } from "./tree.js";

/** A datastore that has rows in the registry. */
export interface Datastore {
  /** As it stands in `dataset_location.datastore_name`. */
  readonly name: string;
  /** Where its files are; may begin with `<butlerRoot>`. */
  readonly root: string;
  readonly recordTable: string;
}

/** The datastores that a configuration names; the parts of a chain one by one, without those in memory. */
export function datastoresOf(config: ConfigTree): Datastore[] {
  const section = valueAt(config, "datastore");
  return sectionDatastores(isRecord(section) ? section : {});
}

function sectionDatastores(section: ConfigTree): Datastore[] {
  const className = (textAt(section, "cls") ?? "FileDatastore").split(".").at(-1);
  if (className === "InMemoryDatastore") return [];
  const parts = valueAt(section, "datastores");
  if (className === "ChainedDatastore")
    return (Array.isArray(parts) ? parts : []).filter(isRecord).flatMap(sectionDatastores);
  const root = textAt(section, "root") ?? "<butlerRoot>";
  return [
    {
      name: textAt(section, "name") ?? `${className}@${root}`,
      root,
      recordTable: textAt(section, "records", "table") ?? "file_datastore_records",
    },
  ];
}
