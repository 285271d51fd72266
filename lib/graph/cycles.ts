import { type Edges, neighbours } from "./graph.js";

/** The nodes of one cycle, each followed by one that it needs; empty where there is no cycle. */
export function cycleIn(downs: Edges): number[] {
  const looping = withoutOrder(downs);
  const start = looping.findIndex((loops) => loops === 1);
  if (start === -1) return [];
  // Whatever is left after sorting needs something that is left: walking down from it must come round.
  const seen = new Map<number, number>();
  const walked: number[] = [];
  let node = start;
  while (!seen.has(node)) {
    seen.set(node, walked.length);
    walked.push(node);
    node = neighbours(downs, node).find((down) => looping[down] === 1) ?? node;
  }
  return walked.slice(seen.get(node));
}

/** Marks the nodes that a topological sort, from the bottom up, cannot place. */
function withoutOrder(downs: Edges): Uint8Array {
  const waiting = Uint32Array.from(downs, (list) => list.length);
  const left = new Uint8Array(downs.length).fill(1);
  const ups: number[][] = Array.from(downs, () => []);
  for (const [node, list] of downs.entries()) for (const down of list) ups[down]?.push(node);
  const ready = Array.from(waiting.keys()).filter((node) => waiting[node] === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    left[node] = 0;
    for (const up of ups[node] ?? []) {
      waiting[up] = (waiting[up] ?? 0) - 1;
      if (waiting[up] === 0) ready.push(up);
    }
  }
  return left;
}
