import { box, type Layout, layOut, type PlacedEdge, type PlacedRevision, type Point } from "./layout.js";
import { escaped, linesOf, type Picture } from "./picture.js";
import { valueAt, valueOf } from "../../known.js";

/** Colours of both svg and html; they follow the reader's dark or light setting. */
export const style = `
.godwit { --paper: #ffffff; --ink: #1d1f24; --line: #6b7280; --switch: #7a3fb0; --absent: #f1f2f4; --applied: #d9f2dd; --current: #2e7d3a; --pending: #fff3d1; }
@media (prefers-color-scheme: dark) { .godwit { --paper: #15171c; --ink: #e8eaf0; --line: #9aa3b2; --switch: #c79bf2; --absent: #23262e; --applied: #1f3d27; --current: #55b868; --pending: #453812; } }
.godwit text { font: 13px system-ui, sans-serif; fill: var(--ink); text-anchor: middle; }
.godwit .tree { font-weight: 600; font-size: 15px; }
.godwit .id { font: 12px ui-monospace, monospace; }
.godwit rect { fill: var(--absent); stroke: var(--line); rx: 6px; }
.godwit .applied rect { fill: var(--applied); stroke: var(--current); }
.godwit .current rect { fill: var(--applied); stroke: var(--current); stroke-width: 4; }
.godwit .pending rect { fill: var(--pending); stroke: #b07a00; stroke-dasharray: 5 3; }
.godwit path { fill: none; stroke: var(--line); stroke-width: 1.5; }
.godwit path.switch { stroke: var(--switch); stroke-width: 2.5; }
.godwit path.dependsOn { stroke-dasharray: 4 4; }
.godwit marker path { fill: var(--line); stroke: none; }
.godwit marker.switch path { fill: var(--switch); }`;

/** The trees as an SVG document. */
export async function toSvg(picture: Picture): Promise<string> {
  return drawn(picture, await layOut(picture), "image");
}

/**
 * Draws a layout.
 * @param use `page`: every revision can be reached with the keyboard, and tells its id
 */
export function drawn({ title }: Picture, layout: Layout, use: "image" | "page"): string {
  const { width, height, revisions, trees, edges } = layout;
  const places = new Map(revisions.map((one) => [one.revision.id, one]));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="godwit" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" role="${use === "image" ? "img" : "group"}" aria-label="${escaped(title)}">`,
    use === "image"
      ? `<title>${escaped(title)}</title><style>${style}\n.godwit { background: var(--paper); }</style>`
      : "",
    `<defs>${marker("parent")}${marker("switch")}</defs>`,
    ...trees.map(
      (tree) =>
        `<text class="tree" x="${round(tree.x + tree.width / 2)}" y="30">${escaped(tree.manager)}</text>`,
    ),
    ...edges.map((edge) => path(edge, places)),
    ...revisions.map((placed) => revisionBox(placed, use)),
    "</svg>",
    "",
  ].join("\n");
}

function marker(kind: "parent" | "switch"): string {
  return `<marker id="arrow-${kind}" class="${kind}" viewBox="0 0 8 8" refX="8" refY="4" markerUnits="userSpaceOnUse" markerWidth="9" markerHeight="9" orient="auto"><path d="M0 0 L8 4 L0 8 Z"/></marker>`;
}

function path(edge: PlacedEdge, places: ReadonlyMap<string, PlacedRevision>): string {
  const { kind, from, to, summary } = edge;
  const [start, end] = [valueOf(places, from), valueOf(places, to)];
  const line = edge.points.length > 2 ? through(edge.points) : between(start, end);
  const arrow = kind === "switch" ? "switch" : "parent";
  const title = summary === "" ? "" : `<title>${escaped(summary)}</title>`;
  return `<path class="${kind}" d="${line}" marker-end="url(#arrow-${arrow})">${title}</path>`;
}

/** A curve along points, three or more, which rounds their corners. */
function through(points: readonly Point[]): string {
  const corners = points.slice(1, -1);
  const curves = corners.map((point, at) => {
    const next = valueAt(points, at + 2);
    const end = at === corners.length - 1 ? next : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q${place(point)} ${place(end)}`;
  });
  return `M${place(valueAt(points, 0))} ${curves.join(" ")}`;
}

/** A curve from box to box: from side to side between trees, from top to bottom within one. */
function between(start: Point, end: Point): string {
  const aside = Math.abs(end.x - start.x) > box.width;
  const right = end.x > start.x ? 1 : -1;
  const down = end.y > start.y ? 1 : -1;
  const half = aside ? { x: (right * box.width) / 2, y: 0 } : { x: 0, y: (down * box.height) / 2 };
  const from = { x: start.x + half.x, y: start.y + half.y };
  const to = { x: end.x - half.x, y: end.y - half.y };
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const [near, far] = aside
    ? [
        { x: middle.x, y: from.y },
        { x: middle.x, y: to.y },
      ]
    : [
        { x: from.x, y: middle.y },
        { x: to.x, y: middle.y },
      ];
  return `M${place(from)} C${place(near)} ${place(far)} ${place(to)}`;
}

function place({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function revisionBox({ revision, x, y }: PlacedRevision, use: "image" | "page"): string {
  const [name, id] = linesOf(revision);
  const handle =
    use === "image"
      ? ""
      : ` tabindex="0" role="button" data-id="${escaped(id)}" aria-label="${escaped(`${revision.manager} ${name} ${id}, ${revision.state ?? "revision"}: ${revision.summary}`)}"`;
  return [
    `<g class="revision ${revision.state ?? ""}" transform="translate(${round(x)} ${round(y)})"${handle}>`,
    `<title>${escaped(revision.summary)}</title>`,
    `<rect x="${-box.width / 2}" y="${-box.height / 2}" width="${box.width}" height="${box.height}"/>`,
    `<text y="-4">${escaped(shortened(name))}</text><text class="id" y="14">${escaped(id)}</text></g>`,
  ].join("");
}

/** A name that fits its box; the whole is in the title and the details. */
function shortened(name: string): string {
  return name.length <= 26 ? name : `${name.slice(0, 11)}…${name.slice(-14)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
