"""Has the real Butler use a repository, and writes down the statements that it sends: a JSON list of texts and parameters.

Usage: python -O record-butler.py FOLDER SCENARIO FILE
"""
import json
import re
import sys

import sqlalchemy
from lsst.daf.butler import Butler, CollectionType, DatasetRef, DatasetType

recorded = []


def value_of(value):
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(json.dumps(str(one), ensure_ascii=False) for one in value) + "}"
    return value if value is None or isinstance(value, (int, str)) else str(value)


def record(_connection, _cursor, statement, parameters, _context, many):
    """Parameters become question marks, in their order."""
    if re.match(r"\s*(PRAGMA|BEGIN|SET|SHOW|select pg_catalog\.version|select current_schema|SELECT pg_)", statement):
        return
    names = []

    def mark(match):
        names.append(match.group(1))
        return "?"

    text = re.sub(r"%\((\w+)\)s", mark, " ".join(statement.split()))
    for one in parameters if many else [parameters]:
        values = [one[name] for name in names] if isinstance(one, dict) else list(one)
        recorded.append({"sql": text, "parameters": [value_of(value) for value in values]})


def require(condition):
    """The scenarios run with assertions off, see the example of indexes."""
    if not condition:
        raise RuntimeError("the repository holds something else than expected")


def datasets_of(registry):
    types = sorted(registry.queryDatasetTypes(), key=lambda one: one.name)
    return [ref for one in types for ref in registry.queryDatasets(one, collections=..., findFirst=False)]


def opened(registry):
    require(len(datasets_of(registry)) > 0)


def collections(registry):
    registry.registerCollection("godwit/tagged", CollectionType.TAGGED)
    registry.registerRun("godwit/run")
    registry.registerCollection("godwit/chain", CollectionType.CHAINED, doc="A chain")
    registry.setCollectionChain("godwit/chain", ["godwit/tagged", "godwit/run"])
    require(len(list(registry.queryCollections())) > 3)
    registry.setCollectionChain("godwit/chain", [])
    for name in ("godwit/chain", "godwit/tagged", "godwit/run"):
        registry.removeCollection(name)


def datasets(registry, dimensions):
    registry.registerCollection("godwit/tagged", CollectionType.TAGGED)
    refs = sorted(registry.queryDatasets("raw", collections=..., findFirst=False), key=lambda ref: str(ref.dataId))[:2]
    registry.associate("godwit/tagged", refs)
    new = DatasetType("godwit_new", ("instrument", "day_obs", "detector"), "StructuredDataDict", universe=dimensions, isCalibration=True)
    registry.registerDatasetType(new)
    registry.disassociate("godwit/tagged", refs)


def amplifier(registry, dimensions):
    gain = DatasetType("godwit_gain", ("instrument", "detector", "amplifier"), "StructuredDataDict", universe=dimensions)
    registry.registerDatasetType(gain)
    require(len(list(registry.queryDimensionRecords("amplifier"))) > 0)
    registry.registerRun("godwit/run")
    data_id = {"instrument": "HSC", "detector": 0, "amplifier": 0}
    registry.insertDatasets(gain, [data_id], run="godwit/run")
    require(registry.findDataset(gain, data_id, collections=["godwit/run"]) is not None)


def main(folder, scenario, file):
    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", record)
    butler = Butler.from_config(folder, writeable=True)
    registry = butler.registry
    scenarios = {
        "opened": lambda: opened(registry),
        "collections": lambda: collections(registry),
        "datasets": lambda: datasets(registry, butler.dimensions),
        "amplifier": lambda: amplifier(registry, butler.dimensions),
    }
    scenarios[scenario]()
    with open(file, "w") as out:
        json.dump(recorded, out, indent=1, ensure_ascii=False)


main(*sys.argv[1:])
