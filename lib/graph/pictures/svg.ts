import { box, type Layout, layOut, type PlacedRevision } from "./layout.js";
import { escaped, linesOf, type Picture, type PicturedEdge } from "./picture.js";

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
  return `<marker id="arrow-${kind}" class="${kind}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 Z"/></marker>`;
}

function path(
  { kind, from, to, summary }: PicturedEdge,
  places: ReadonlyMap<string, PlacedRevision>,
): string {
  const [start, end] = [places.get(from), places.get(to)];
  if (start === undefined || end === undefined) return "";
  const up = start.y > end.y ? -1 : 1;
  const x = round(start.x);
  const y = round(start.y + (up * box.height) / 2);
  const endX = round(end.x);
  const endY = round(end.y - (up * box.height) / 2);
  const middle = round((y + endY) / 2);
  const arrow = kind === "switch" ? "switch" : "parent";
  const title = summary === "" ? "" : `<title>${escaped(summary)}</title>`;
  return `<path class="${kind}" d="M${x} ${y} C${x} ${middle} ${endX} ${middle} ${endX} ${endY}" marker-end="url(#arrow-${arrow})">${title}</path>`;
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
