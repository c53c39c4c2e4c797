// Elements. Whatever comes from the data becomes text, never markup.

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child);  // strings become text nodes
  }
  return node;
}

const el = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
const byId = (id) => document.getElementById(id);

// A line of a bar chart: label, bar, number. `share` is the bar's length, 0 to 1.
function bar(label, share, text, { kind = "", mark = null } = {}) {
  const filled = el("span", { class: "filled" });
  filled.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  const track = el("span", { class: "track" }, filled);
  if (mark !== null) {
    const line = el("span", { class: "mark" });
    line.style.left = `${100 * Math.min(1, mark)}%`;
    track.append(line);
  }
  return el("div", { class: `bar ${kind}` },
    el("span", { class: "label", dir: "auto", title: label }, label),
    track,
    el("span", { class: "number" }, text));
}
