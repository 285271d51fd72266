import { expect } from "chai";
import { shippedPlace } from "../../lib/catalog/place.js";
import { scanRevisions } from "../../lib/catalog/scan.js";
import { revisionId } from "../../lib/butler/revision-id.js";

/** The ids that repositories hold, written by whatever tool handled them before. */
const known: Readonly<Record<string, readonly (readonly [name: string, id: string])[]>> = {
  attributes: [
    ["root", "f0a3531f97ca"],
    ["DefaultButlerAttributeManager 1.0.0", "f22a777cf382"],
    ["DefaultButlerAttributeManager 1.0.1", "c0e4f9ab4a5d"],
  ],
  collections: [
    ["root", "8d2e9de2f21f"],
    ["NameKeyCollectionManager 0.1.0", "a56af31bd899"],
    ["NameKeyCollectionManager 0.2.0", "3ce2d3adf1f5"],
    ["NameKeyCollectionManager 0.3.0", "e866114194e1"],
    ["NameKeyCollectionManager 1.0.0", "5e75e5391603"],
    ["NameKeyCollectionManager 2.0.0", "93341d68b814"],
    ["SynthIntKeyCollectionManager 0.1.0", "079a1bc77f25"],
    ["SynthIntKeyCollectionManager 0.2.0", "1a93ca89bc27"],
    ["SynthIntKeyCollectionManager 0.3.0", "b4073b638219"],
    ["SynthIntKeyCollectionManager 1.0.0", "97a6aabd8998"],
    ["SynthIntKeyCollectionManager 2.0.0", "8c57494cabcc"],
  ],
  datasets: [
    ["root", "059cc7b7ef13"],
    ["ByDimensionsDatasetRecordStorageManager 0.1.0", "eb5a3cc76666"],
    ["ByDimensionsDatasetRecordStorageManager 0.2.0", "38a9414ea7a2"],
    ["ByDimensionsDatasetRecordStorageManager 0.3.0", "576045cb7831"],
    ["ByDimensionsDatasetRecordStorageManager 1.0.0", "635083325f20"],
    ["ByDimensionsDatasetRecordStorageManagerUUID 1.0.0", "2101fbf51ad3"],
    ["ByDimensionsDatasetRecordStorageManagerUUID 2.0.0", "4e2d7a28475b"],
  ],
  datastores: [
    ["root", "6e7967ca2f9c"],
    ["MonolithicDatastoreRegistryBridgeManager 0.1.0", "bb8b5df7ff80"],
    ["MonolithicDatastoreRegistryBridgeManager 0.2.0", "a07b3b60e369"],
    ["MonolithicDatastoreRegistryBridgeManager 0.2.1", "a81dddabd837"],
  ],
  dimensions: [
    ["root", "6166dfbb5324"],
    ["StaticDimensionRecordStorageManager 0.1.0", "c2671338a42f"],
    ["StaticDimensionRecordStorageManager 0.2.0", "4f4f243fea82"],
    ["StaticDimensionRecordStorageManager 1.2.0", "2dea9d903dde"],
    ["StaticDimensionRecordStorageManager 2.2.0", "36d66ca4d7a3"],
    ["StaticDimensionRecordStorageManager 3.2.0", "3859eac451aa"],
    ["StaticDimensionRecordStorageManager 4.0.0", "e45766f0daea"],
    ["StaticDimensionRecordStorageManager 5.0.0", "a1e0fefed6c7"],
    ["StaticDimensionRecordStorageManager 6.0.0", "87a30df8c8c5"],
    ["StaticDimensionRecordStorageManager 6.0.1", "1601d5973bf8"],
    ["StaticDimensionRecordStorageManager 6.0.2", "035dcf13ef18"],
  ],
  "dimensions-config": [
    ["root", "3e2891b82110"],
    ["daf_butler 0", "f3bcee34f344"],
    ["daf_butler 1", "380002bcbb26"],
    ["daf_butler 2", "bf6308af80aa"],
    ["daf_butler 3", "c5ae3a2cd7c2"],
    ["daf_butler 4", "9888256c6a18"],
    ["daf_butler 5", "2a8a32e1bec3"],
    ["daf_butler 6", "1fae088c80b6"],
    ["daf_butler 7", "352c30854bb0"],
    ["daf_butler 8", "aa7a2f893cba"],
  ],
  obscore: [
    ["root", "8b8e030aba2b"],
    ["ObsCoreLiveTableManager 0.0.1", "a0d766f99876"],
  ],
  "obscore-config": [
    ["root", "2daeabfb5019"],
    ["embargo 1", "4fe28ef5030f"],
  ],
  opaque: [
    ["root", "c2c46f409743"],
    ["ByNameOpaqueTableStorageManager 0.1.0", "61f6b63d296d"],
    ["ByNameOpaqueTableStorageManager 0.2.0", "77e5b803ad3f"],
  ],
};

describe("the revision trees of the Butler", () => {
  it("have the ids that repositories know", async () => {
    const found: Record<string, [string, string][]> = {};
    for (const header of await scanRevisions([shippedPlace])) {
      if (header.kind !== "revision") continue;
      const { manager, branch, version, id } = header.revision;
      (found[manager] ??= []).push([branch === null ? "root" : `${branch} ${version}`, id]);
    }
    expect(Object.keys(found).toSorted()).to.deep.equal(Object.keys(known).toSorted());
    for (const [manager, ids] of Object.entries(known)) {
      expect(found[manager], manager).to.have.deep.members([...ids]);
    }
  });

  it("have ids that follow from manager, class and version", async () => {
    for (const header of await scanRevisions([shippedPlace])) {
      if (header.kind !== "revision") continue;
      const { manager, branch, version, id } = header.revision;
      const expected =
        branch === null ? revisionId(manager) : revisionId(manager, branch, version ?? "missing");
      expect(id, header.revision.source.file ?? "").to.equal(expected);
    }
  });

  it("label each root with the tree and the first revision of each class with tree and class", async () => {
    const first = new Set<string>();
    for (const header of await scanRevisions([shippedPlace])) {
      if (header.kind !== "revision") continue;
      const { manager, branch, labels } = header.revision;
      if (branch === null) expect(labels).to.deep.equal([manager]);
      else if (labels.length > 0) expect(labels).to.deep.equal([`${manager}-${branch}`]);
      for (const label of labels) {
        expect(first.has(label), label).to.equal(false);
        first.add(label);
      }
    }
    expect(first).to.include("collections-SynthIntKeyCollectionManager");
  });
});
