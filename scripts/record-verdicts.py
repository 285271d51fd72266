"""Records what the reference comparison (tools/normalize.py of the fixtures) says about goldens, for test/support/normalize.

    python3 scripts/record-verdicts.py SOURCE [POSTGRESQL_URL] > test/fixtures/verdicts.json

SOURCE is the folder described in test/fixtures/README.md. With the URL of an empty PostgreSQL server (psycopg2 is needed) the
descriptions of the PostgreSQL repositories are recorded as well. Three kinds of facts:

descriptions  a digest of the description of each repository
pairs         the verdict on two goldens of a repository, and on a golden and the fresh schema of its version
edits         the verdict on a golden and itself after an edit, which is recorded as a path and a new value

A verdict is the number of differences found: by default, with --strict, with --schema-only.
"""
import copy
import gzip
import hashlib
import json
import os
import random
import re
import struct
import sys

source, urls = sys.argv[1], sys.argv[2:]
sys.path.insert(0, os.path.join(source, "tools"))
import normalize  # noqa: E402

LISTS = ("columns", "unique", "foreign_keys", "checks", "exclusions", "indexes")


def exact(value):
    """The form in which test/support/normalize/json.ts keeps numbers."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"int": str(value)}
    if isinstance(value, float):
        return {"float": struct.pack(">d", value).hex()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return {key: exact(item) for key, item in value.items()}


def text(value):
    return json.dumps(exact(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(description):
    """A digest in which the order of tables, constraints and rows does not matter."""
    normalize.fatten(description["schema"])
    lines = [text([kind, description["schema"][kind]]) for kind in ("backend", "extra", "sequences")]
    for name, table in description["schema"]["tables"].items():
        for key, value in table.items():
            items = value if key in LISTS else [value]
            lines += [text([name, key, item]) for item in items]
    for name, rows in description["rows"].items():
        lines.append(text([name, rows["columns"]]))
        lines += [text([name, row]) for row in rows["rows"]]
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


def verdict(golden, actual):
    """Numbers of differences; lines that begin with a space only show rows of the difference above."""
    count = lambda **how: sum(not line.startswith(" ") for line in normalize.compare(golden, actual, **how))  # noqa: E731
    return [count(), count(strict=True), count(schema_only=True)]


def load_postgres(url, name):
    """Loads a dump into the database of `url`, which is emptied before."""
    import psycopg2

    with open(os.path.join(source, "repos-pg", name, "butler.yaml")) as stream:
        match = re.search(r"namespace: *(\S+)", stream.read())
    namespace = match.group(1) if match else "public"
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP EXTENSION IF EXISTS btree_gist; DROP SCHEMA IF EXISTS {namespace} CASCADE; CREATE SCHEMA IF NOT EXISTS public")
        with open(os.path.join(source, "repos-pg", name, "dump.sql"), encoding="utf-8") as stream:
            cursor.execute(stream.read())
    connection.close()
    return namespace


def descriptions():
    found = {"sqlite": {}, "postgres": {}}
    for name in sorted(os.listdir(os.path.join(source, "repos"))):
        found["sqlite"][name] = digest(normalize.describe(os.path.join(source, "repos", name)))
    for name in sorted(os.listdir(os.path.join(source, "repos-pg"))) if urls else []:
        namespace = load_postgres(urls[0], name)
        found["postgres"][name] = digest(normalize.describe(urls[0], namespace))
    return found


def pairs(folder, goldens):
    """Neighbours in the sorted list, and the fresh schema of the same version where there is one."""
    found = []
    with open(os.path.join(source, "fresh/index.json")) as stream:
        fresh = json.load(stream)["pairs"]
    names = sorted(goldens)
    for left, right in zip(names, names[1:]):
        if left.split("--")[0] == right.split("--")[0]:
            found.append([left, right, verdict(goldens[left], goldens[right])])
    for name in names:
        file = fresh.get(f"{folder}/{name}")
        if file:
            with gzip.open(os.path.join(source, "fresh", file), "rt", encoding="utf-8") as stream:
                schema = normalize.fatten(json.load(stream))
            found.append([name, None, verdict(goldens[name], {"schema": schema})])
    return found


def table_edits(rng, golden):
    """Edits of one table: each a list of [path, value], where the value null at the end of a path of a list item removes it."""
    name = rng.choice(sorted(golden["schema"]["tables"]))
    table = golden["schema"]["tables"][name]
    at = ["schema", "tables", name]
    column = rng.randrange(len(table["columns"]))
    yield [[at, "remove"]]
    yield [[at + ["columns", column], "remove"]]
    yield [[at + ["columns", column, "type"], "set", rng.choice(["TEXT", "bigint", table["columns"][column]["type"].lower()])]]
    yield [[at + ["columns", column, "notnull"], "set", not table["columns"][column]["notnull"]]]
    yield [[at + ["columns", column, "default"], "set", rng.choice(["0", "((0))", " ( CURRENT_TIMESTAMP ) ", "CURRENT_TIMESTAMP"])]]
    yield [[at + ["columns", column, "comment"], "set", "another comment"]]
    yield [[at + ["columns"], "set", table["columns"][::-1]]]
    yield [[at + ["primary_key"], "set", {"name": "another", "columns": (table["primary_key"] or {"columns": []})["columns"]}]]
    yield [[at + ["primary_key"], "set", None]]
    kinds = [kind for kind in LISTS[1:] if table.get(kind)]
    if kinds:
        kind = rng.choice(kinds)
        items = table[kind]
        item = rng.randrange(len(items))
        yield [[at + [kind, item], "remove"]]
        yield [[at + [kind, item, "name"], "set", "another"]]
        yield [[at + [kind], "set", items + [items[item]]]]
        yield [[at + [kind], "set", items[::-1]]]


def row_edits(rng, golden):
    """Edits of the rows of one table."""
    names = sorted(name for name, rows in golden["rows"].items() if len(rows["rows"]) > 1 and rows["columns"])
    generated = [name for name in ("dataset", "file_datastore_records", "collection", "run") if name in names]
    name = rng.choice(names + 5 * generated)
    rows, at = golden["rows"][name]["rows"], ["rows", name, "rows"]
    one, other = rng.sample(range(len(rows)), 2)
    column = rng.randrange(len(rows[one]))
    value = rows[one][column]
    yield [[at + [one], "remove"]]
    yield [[at, "set", rows + [rows[one]]]]
    yield [[at, "set", rows[::-1]]]
    yield [[at + [one, column], "set", rows[other][column]], [at + [other, column], "set", value]]
    new = [None, 0, 1.0, "", {"int": "1704067237000000001"}, "00000000-0000-4000-8000-000000000000"]
    if isinstance(value, int):
        new += [float(value), value + 1]
    yield [[at + [one, column], "set", rng.choice(new)]]


def other_edits(rng, golden):
    attributes = golden["rows"]["butler_attributes"]
    place = [row[attributes["columns"].index("name")] for row in attributes["rows"]].index("config:dimensions.json")
    column = attributes["columns"].index("value")
    config = json.loads(attributes["rows"][place][column])
    at = ["rows", "butler_attributes", "rows", place, column]
    yield [[at, "set", json.dumps(config, indent=2)]]
    yield [[at, "set", json.dumps(dict(config, version=float(config["version"])))]]
    yield [[at, "set", json.dumps(dict(config, another=[1, 2.5]))]]
    yield [[at, "set", "{no json"]]
    if golden["schema"]["sequences"]:
        name = rng.choice(sorted(golden["schema"]["sequences"]))
        yield [[["schema", "sequences", name, "last_value"], "set", 4711]]
        yield [[["schema", "sequences", name], "remove"]]
    if golden["schema"]["backend"] == "sqlite":
        yield [[["schema", "extra", "foreign_key_check"], "set", 2]]
        yield [[["schema", "extra", "integrity_check"], "set", "row 1 missing from index x"]]


def apply(golden, edits):
    edited = copy.deepcopy({"schema": golden["schema"], "rows": golden["rows"]})
    for path, what, *value in edits:
        place = edited
        for key in path[:-1]:
            place = place[key]
        if what == "remove":
            del place[path[-1]]
        else:
            place[path[-1]] = value[0]
    return edited


def edits(goldens, count):
    rng = random.Random(1)
    found = []
    for _ in range(count):
        name = rng.choice(sorted(goldens))
        golden = goldens[name]
        choices = [list(kind(rng, golden)) for kind in (table_edits, row_edits, other_edits)]
        chosen = rng.choice(choices[rng.choice([0, 0, 1, 1, 2])])
        if len(json.dumps(chosen)) < 4000:
            found.append([name, chosen, verdict(golden, apply(golden, chosen))])
    return found


def main():
    result = {"descriptions": descriptions(), "pairs": {}, "edits": {}}
    for dialect, folder in (("sqlite", "sqlite"), ("postgres", "pg")):
        base = os.path.join(source, "golden", folder)
        names = [name for name in sorted(os.listdir(base)) if os.path.exists(os.path.join(base, name, "schema.json"))]
        goldens = {name: normalize.load(os.path.join(base, name)) for name in names}
        result["pairs"][dialect] = pairs(folder, goldens)
        result["edits"][dialect] = edits(goldens, 120)
    json.dump(result, sys.stdout, ensure_ascii=False, separators=(",", ":"))


main()
