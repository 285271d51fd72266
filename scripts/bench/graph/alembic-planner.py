"""Plans with Alembic in this process: reads {"nodes": [[id, parents, dependsOn]], "rounds": n}, prints seconds per round as JSON."""
import json
import sys
import time

from alembic.script.revision import Revision, RevisionMap

task = json.load(sys.stdin)
seconds = {"upgrade": [], "downgrade": []}
for _ in range(task["rounds"]):
    graph = RevisionMap(
        lambda: [Revision(node, tuple(parents) or None, tuple(needs) or None) for node, parents, needs in task["nodes"]]
    )
    heads = tuple(graph.heads)
    for name, plan in (
        ("upgrade", lambda: list(graph.iterate_revisions("heads", None, implicit_base=True))),
        ("downgrade", lambda: list(graph.iterate_revisions(heads, "base", select_for_downgrade=True))),
    ):
        start = time.perf_counter()
        assert len(plan()) == len(task["nodes"])
        seconds[name].append(time.perf_counter() - start)
print(json.dumps(seconds))
