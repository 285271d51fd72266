import { layOut } from "./layout.js";
import { behaviour } from "./page-behaviour.js";
import { edgesOf, escaped, type Picture, type PicturedRevision } from "./picture.js";
import { drawn, style } from "./svg.js";

/** The trees as one HTML page that needs nothing else: no network, usable with the keyboard and on a phone. */
export async function toHtml(picture: Picture): Promise<string> {
  const data = JSON.stringify({ revisions: picture.revisions, edges: edgesOf(picture) }).replaceAll(
    "<",
    "\\u003c",
  );
  return `<!doctype html>
<html lang="en" class="godwit">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(picture.title)}</title>
<style>${style}${pageStyle}</style>
<header>
<h1>${escaped(picture.title)}</h1>
<label>Find <input id="find" type="search" placeholder="id, class, version, summary" autocomplete="off"></label>
<p class="legend">${legend(picture)}</p>
</header>
<main>
<div id="canvas" tabindex="-1">${drawn(picture, await layOut(picture), "page")}</div>
<section id="details" aria-live="polite"><p>Choose a revision: with a click, a tap, or Tab and the arrow keys (up: what builds on it, down: its parents).</p></section>
<details><summary>All revisions as a table</summary>
<table><thead><tr><th>Tree<th>Class<th>Version<th>Revision<th>State<th>Summary</thead><tbody>
${picture.revisions.map(tableRow).join("\n")}
</tbody></table></details>
</main>
<script type="application/json" id="data">${data}</script>
<script>${behaviour}</script>
</html>
`;
}

function tableRow(revision: PicturedRevision): string {
  const { id, manager, version, summary, state } = revision;
  const cells = [manager, revision.class ?? "", version ?? "", id, state ?? "", summary];
  return `<tr>${cells.map((cell) => `<td>${escaped(cell)}`).join("")}</tr>`;
}

/** Only what the picture shows is explained. */
function legend({ revisions, switches }: Picture): string {
  const states = new Set(revisions.map((one) => one.state));
  const told = (["current", "applied", "pending", "absent"] as const).filter((state) => states.has(state));
  const words = {
    current: "stands here",
    applied: "applied",
    pending: "pending",
    absent: "not applied",
  } as const;
  const items = told.map((state) => `<span class="${state}">${words[state]}</span>`);
  if (switches.length > 0) items.push('<span class="switch">switch</span>');
  if (revisions.some((one) => one.dependsOn.length > 0)) items.push('<span class="dependsOn">needs</span>');
  return items.join(" ");
}

const pageStyle = `
html { background: var(--paper); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; }
body { margin: 0; }
header { padding: 0.7rem 1rem; display: flex; flex-wrap: wrap; gap: 0.4rem 1.2rem; align-items: baseline; }
h1 { font-size: 1.15rem; margin: 0; }
input { font: inherit; padding: 0.35rem 0.5rem; min-width: 11rem; max-width: 100%; }
.legend { margin: 0; display: flex; flex-wrap: wrap; gap: 0.4rem; }
.legend span { padding: 0.1rem 0.5rem; border: 1px solid var(--line); border-radius: 4px; background: var(--absent); }
.legend .applied { background: var(--applied); } .legend .current { background: var(--applied); border: 3px solid var(--current); }
.legend .pending { background: var(--pending); border-style: dashed; } .legend .switch { border-color: var(--switch); border-width: 2px; } .legend .dependsOn { border-style: dotted; }
#canvas { overflow: auto; max-height: 68vh; border-block: 1px solid var(--line); touch-action: pan-x pan-y pinch-zoom; }
#canvas svg { display: block; margin: auto; }
.revision { cursor: pointer; } .revision:focus { outline: none; } .revision:focus rect, .revision.chosen rect { stroke: #1769e0; stroke-width: 4; }
.revision.faded { opacity: 0.25; }
#details, main > details { padding: 0.5rem 1rem; overflow-wrap: anywhere; }
#details h2 { font-size: 1.05rem; margin: 0.3rem 0; } #details button { font: inherit; margin: 0.15rem 0.3rem 0.15rem 0; padding: 0.35rem 0.6rem; }
details { overflow-x: auto; } table { border-collapse: collapse; } td, th { text-align: left; padding: 0.2rem 0.7rem 0.2rem 0; vertical-align: top; }`;
