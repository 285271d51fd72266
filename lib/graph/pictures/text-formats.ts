import { byTree, edgesOf, linesOf, type Picture, printable } from "./picture.js";
import { valueOf } from "../../known.js";

/** The trees as data: revisions, and the arrows between them. */
export function toJson(picture: Picture): string {
  return `${JSON.stringify({ schema: 1, title: picture.title, revisions: picture.revisions, edges: edgesOf(picture) }, null, 2)}\n`;
}

/** The trees as a Mermaid flowchart, for Markdown. */
export function toMermaid(picture: Picture): string {
  const lines = ["flowchart BT"];
  const names = new Map(picture.revisions.map((revision, at) => [revision.id, `r${at}`]));
  const name = (id: string): string => valueOf(names, id);
  for (const [at, [manager, revisions]] of [...byTree(picture)].entries()) {
    lines.push(`  subgraph t${at}["${mermaidText(manager)}"]`);
    for (const revision of revisions) {
      const style = revision.state === null ? "" : `:::${revision.state}`;
      lines.push(`    ${name(revision.id)}["${linesOf(revision).map(mermaidText).join("<br/>")}"]${style}`);
    }
    lines.push("  end");
  }
  const arrows = { parent: "-->", dependsOn: "-.->", switch: "==>" } as const;
  for (const { kind, from, to } of edgesOf(picture)) {
    const label = kind === "parent" ? "" : `|${kind === "switch" ? "switch" : "needs"}|`;
    lines.push(`  ${name(from)} ${arrows[kind]}${label} ${name(to)}`);
  }
  lines.push(
    "  classDef applied fill:#d9f2dd,stroke:#2e7d3a,color:#10301a",
    "  classDef current fill:#2e7d3a,stroke:#14401c,color:#ffffff",
    "  classDef pending fill:#fff3d1,stroke:#b07a00,color:#3d2b00",
    "  classDef absent fill:#f4f4f4,stroke:#8a8a8a,color:#333333",
  );
  return `${lines.join("\n")}\n`;
}

/** The trees for Graphviz. */
export function toDot(picture: Picture): string {
  const lines = [
    `digraph ${dotText(picture.title)} {`,
    "  rankdir=BT;",
    '  node [shape=box, fontname="sans-serif"];',
  ];
  for (const [at, [manager, revisions]] of [...byTree(picture)].entries()) {
    lines.push(`  subgraph cluster_${at} {`, `    label=${dotText(manager)};`);
    for (const revision of revisions)
      lines.push(
        `    ${dotText(revision.id)} [label=${dotText(linesOf(revision).join("\n"))}, tooltip=${dotText(revision.summary)}${dotStyle[revision.state ?? "none"]}];`,
      );
    lines.push("  }");
  }
  const arrows = {
    parent: "",
    dependsOn: " [style=dashed, constraint=false]",
    switch: ' [style=bold, color="#7a3fb0"]',
  } as const;
  for (const { kind, from, to } of edgesOf(picture))
    lines.push(`  ${dotText(from)} -> ${dotText(to)}${arrows[kind]};`);
  return `${lines.join("\n")}\n}\n`;
}

const dotStyle = {
  none: "",
  applied: ', style=filled, fillcolor="#d9f2dd"',
  current: ', style=filled, fillcolor="#2e7d3a", fontcolor=white',
  pending: ', style=filled, fillcolor="#fff3d1"',
  absent: ', style=filled, fillcolor="#f4f4f4"',
} as const;

function dotText(text: string): string {
  return `"${printable(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function mermaidText(text: string): string {
  return printable(text).replace(/[&<>"#\n]/g, (character) => `#${character.charCodeAt(0)};`);
}
