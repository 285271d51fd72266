/** Removes what an interrupted copy left. */
import { rm } from "node:fs/promises";
import { InputError } from "../errors.js";
import type { Repository } from "../repository/repository.js";
import { isWhole, readMarker, removeMarker } from "./marker.js";
import type { Marker } from "./marker.js";
import { removeTarget } from "./target.js";

/**
 * Removes a copy that was not finished.
 * @throws InputError `no-copy` where the folder holds none, or a copy that is whole: nothing is removed then
 */
export async function discardCopy(folder: string, source: Repository | null): Promise<void> {
  const marker = readMarker(folder);
  if (marker === null) {
    throw new InputError("no-copy", `${folder} holds no unfinished copy.`, {
      hint: "Only what an interrupted copy left is removed.",
    });
  }
  if (isWhole(folder, marker)) {
    await removeMarker(folder);
    throw new InputError("no-copy", `The copy in ${folder} is finished: it is a repository, and stays.`, {
      hint: "Remove it by hand if nobody uses it.",
    });
  }
  if (marker.namespace !== null && (marker.made.database || marker.made.namespace)) {
    await discardDatabase(marker, source, folder);
  }
  await rm(folder, { recursive: true, force: true });
}

async function discardDatabase(marker: Marker, source: Repository | null, folder: string): Promise<void> {
  const address = source?.address;
  if (address?.dialect !== "postgres") {
    throw new InputError("no-copy", `The unfinished copy in ${folder} has tables in PostgreSQL.`, {
      hint: `Name the original too, which tells how to connect: godwit copy --discard ${folder} --repo ${marker.source}`,
    });
  }
  const url = new URL(address.url);
  url.pathname = `/${marker.database}`;
  await removeTarget({ ...address, url: url.href, namespace: marker.namespace }, marker.made);
}
