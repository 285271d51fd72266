/** What the page does in the browser: shows the chosen revision, walks with the arrow keys, and finds. */
export const behaviour = `
const data = JSON.parse(document.getElementById("data").textContent);
const boxes = new Map([...document.querySelectorAll(".revision")].map((box) => [box.dataset.id, box]));
const byId = new Map(data.revisions.map((revision) => [revision.id, revision]));
const details = document.getElementById("details");
const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
const related = (id, end, other, kinds) => data.edges.filter((edge) => edge[end] === id && kinds.includes(edge.kind)).map((edge) => edge[other]);
let chosen = null;

function choose(id) {
  if (chosen === id) return;
  boxes.get(chosen)?.classList.remove("chosen");
  chosen = id;
  boxes.get(id)?.classList.add("chosen");
  const { manager, class: name, version, summary, labels, state } = byId.get(id);
  const title = make("h2", [manager, name, version].filter(Boolean).join(" ") + " — " + id);
  const told = [make("p", summary)];
  if (state) told.push(make("p", { current: "The repository stands here.", applied: "Applied.", pending: "Pending.", absent: "Not applied." }[state]));
  if (labels.length) told.push(make("p", "Labels: " + labels.join(", ")));
  for (const [word, ids] of [
    ["Parents", related(id, "to", "from", ["parent"])],
    ["Built on it", related(id, "from", "to", ["parent"])],
    ["Needs", related(id, "to", "from", ["dependsOn"])],
    ["Needed by", related(id, "from", "to", ["dependsOn"])],
    ["Switch to", related(id, "from", "to", ["switch"])],
    ["Switch from", related(id, "to", "from", ["switch"])],
  ]) {
    if (!ids.length) continue;
    const line = make("p", word + ": ");
    for (const other of ids) {
      const button = make("button", other);
      button.addEventListener("click", () => go(other));
      line.append(button);
    }
    told.push(line);
  }
  details.replaceChildren(title, ...told);
}

function go(id) {
  const box = boxes.get(id);
  if (!box) return;
  box.focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest", inline: "nearest" });
  choose(id);
}

function beside(id, step) {
  const parents = related(id, "to", "from", ["parent"]);
  const siblings = parents.length ? related(parents[0], "from", "to", ["parent"]) : data.revisions.filter((one) => !one.parents.length).map((one) => one.id);
  return siblings[siblings.indexOf(id) + step];
}

for (const [id, box] of boxes) {
  box.addEventListener("click", () => go(id));
  box.addEventListener("focus", () => choose(id));
  box.addEventListener("keydown", (event) => {
    const next = {
      ArrowUp: () => related(id, "from", "to", ["parent", "switch"])[0],
      ArrowDown: () => related(id, "to", "from", ["parent"])[0],
      ArrowLeft: () => beside(id, -1),
      ArrowRight: () => beside(id, 1),
      Enter: () => id,
      " ": () => id,
    }[event.key];
    if (!next) return;
    event.preventDefault();
    go(next());
  });
}

document.getElementById("find").addEventListener("input", ({ target }) => {
  const text = target.value.trim().toLowerCase();
  for (const [id, box] of boxes) {
    const { manager, class: name, version, summary, labels } = byId.get(id);
    const shown = [id, manager, name, version, summary, ...labels].join(" ").toLowerCase().includes(text);
    box.classList.toggle("faded", !shown);
  }
});
document.getElementById("find").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const first = [...boxes.values()].find((box) => !box.classList.contains("faded"));
  if (first) go(first.dataset.id);
});
const start = document.querySelector(".revision.current") ?? document.querySelector(".revision");
start?.scrollIntoView({ block: "center", inline: "center" });
window.scrollTo(0, 0);
`;
