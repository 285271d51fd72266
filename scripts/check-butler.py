"""Opens a repository with the real Butler, and uses it as its users do. Prints one JSON object.

Usage: python check-butler.py FOLDER
"""
import json
import sys
import uuid

import astropy.time
from lsst.daf.butler import Butler, CollectionType, DatasetType, Timespan


def main(folder):
    done = {}
    butler = Butler.from_config(folder, writeable=True)
    registry = butler.registry

    collections = sorted(registry.queryCollections())
    dataset_types = sorted(registry.queryDatasetTypes(), key=lambda one: one.name)
    done["collections"] = len(collections)
    done["datasetTypes"] = len(dataset_types)
    done["datasets"] = sum(
        len(set(registry.queryDatasets(one, collections=..., findFirst=False))) for one in dataset_types
    )
    done["records"] = {
        element: len(list(registry.queryDimensionRecords(element)))
        for element in ("instrument", "detector", "physical_filter", "exposure", "visit", "tract", "patch")
    }

    # Files are there only where the repository has them.
    done["gets"] = 0
    for one in dataset_types:
        for ref in list(registry.queryDatasets(one, collections=..., findFirst=False))[:3]:
            if butler.stored(ref) and butler._datastore.exists(ref):
                butler.get(ref)
                done["gets"] += 1

    # What a pipeline does: a run, a dataset type, a put, a get, a tag, a calibration, and all of it away again.
    instrument = next(iter(registry.queryDimensionRecords("instrument"))).name
    detector = next(iter(registry.queryDimensionRecords("detector", instrument=instrument))).id
    run = "godwit/check/" + uuid.uuid4().hex
    registry.registerRun(run)
    new_type = DatasetType(
        "godwit_check_" + uuid.uuid4().hex[:8],
        ("instrument", "detector", "physical_filter"),
        "StructuredDataDict",
        universe=butler.dimensions,
        isCalibration=True,
    )
    registry.registerDatasetType(new_type)
    physical_filter = next(iter(registry.queryDimensionRecords("physical_filter", instrument=instrument))).name
    data_id = {"instrument": instrument, "detector": detector, "physical_filter": physical_filter}
    ref = butler.put({"answer": 42}, new_type, data_id, run=run)
    assert butler.get(ref) == {"answer": 42}
    assert registry.findDataset(new_type, data_id, collections=[run]).id == ref.id
    registry.registerCollection(run + "/tagged", CollectionType.TAGGED)
    registry.associate(run + "/tagged", [ref])
    registry.registerCollection(run + "/calib", CollectionType.CALIBRATION)
    begin = astropy.time.Time("2020-01-01T00:00:00", scale="tai")
    registry.certify(run + "/calib", [ref], Timespan(begin, None))
    registry.registerCollection(run + "/chain", CollectionType.CHAINED)
    registry.setCollectionChain(run + "/chain", [run + "/tagged", run])
    assert len(list(registry.queryDatasets(new_type, collections=run + "/chain", findFirst=True))) == 1
    timespans = [one.timespan for one in registry.queryDatasetAssociations(new_type, collections=[run + "/calib"])]
    assert len(timespans) == 1 and timespans[0].begin is not None
    registry.setCollectionChain(run + "/chain", [])
    registry.removeCollection(run + "/chain")
    butler.pruneDatasets([ref], disassociate=True, unstore=True, purge=True)
    for name in (run + "/tagged", run + "/calib"):
        registry.removeCollection(name)
    butler.removeRuns([run])
    registry.removeDatasetType(new_type.name)
    done["writes"] = "ok"
    print(json.dumps(done))


main(sys.argv[1])
