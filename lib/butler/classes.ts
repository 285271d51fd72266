/** Manager classes: names and the modules that define them. */
import { surely } from "../known.js";

/** The class of each manager as the database stores it, by its name without the module. */
const modules: Readonly<Record<string, string>> = {
  DefaultButlerAttributeManager: "lsst.daf.butler.registry.attributes",
  NameKeyCollectionManager: "lsst.daf.butler.registry.collections.nameKey",
  SynthIntKeyCollectionManager: "lsst.daf.butler.registry.collections.synthIntKey",
  ByDimensionsDatasetRecordStorageManager: "lsst.daf.butler.registry.datasets.byDimensions._manager",
  ByDimensionsDatasetRecordStorageManagerUUID: "lsst.daf.butler.registry.datasets.byDimensions._manager",
  MonolithicDatastoreRegistryBridgeManager: "lsst.daf.butler.registry.bridge.monolithic",
  StaticDimensionRecordStorageManager: "lsst.daf.butler.registry.dimensions.static",
  ObsCoreLiveTableManager: "lsst.daf.butler.registry.obscore._manager",
  ByNameOpaqueTableStorageManager: "lsst.daf.butler.registry.opaque",
};

/** The class as the database stores it, or undefined for one that is not known. */
export function storedClassPath(className: string): string | undefined {
  return Object.hasOwn(modules, className) ? `${modules[className]}.${className}` : undefined;
}

/** The class as `butler.yaml` names it: with the module that it is imported from, which for datasets is not the one that defines it. */
export function importClassPath(storedPath: string): string {
  return storedPath.replace(".datasets.byDimensions._manager.", ".datasets.byDimensions.");
}

/** A class without its module. */
export function classNameOf(classPath: string): string {
  return surely(classPath.split(".").at(-1));
}
