// Choices, keys, theme and paper.

const PAPER_WIDTH = 688;  // of A4 between its margins

function options(select, choices) {
  select.replaceChildren(...choices.map(([value, name]) => el("option", { value }, name)));
}

function fillFilters() {
  const named = conversations.map(({ name, size }, number) => [number, `${name || "all"} (${size})`]);
  if (conversations.length > 1) named.push([ALL, `all ${conversations.length} conversations`]);
  options(byId("conversation"), named);
  options(byId("show"), showChoices());
  if (!classes) {
    byId("class-label").hidden = true;
    return;
  }
  const group = (kind) => el("optgroup", { label: `${kind} class` },
    classes.map((name, code) => el("option", { value: `${kind}:${code}` }, `${kind}: ${name}`)));
  byId("class").append(el("option", { value: "" }, "any"), group("true"), group("predicted"));
}

function draw() {
  drawTalkturns();
  drawSummary();
}

function choose({ conversation = view.conversation, show = view.show }) {
  byId("conversation").value = view.conversation = conversation;
  byId("show").value = view.show = show;
  draw();
}

function showPage(summary) {
  byId("summary").hidden = !summary;
  byId("talkturns").hidden = summary;
  document.body.classList.toggle("on-summary", summary);
  byId("to-summary").setAttribute("aria-pressed", summary);
  byId("to-talkturns").setAttribute("aria-pressed", !summary);
  drawSummary();
}

// Opens a talkturn that some other part of the page names, whatever the filters are.
function open(turn) {
  if (!view.listed.includes(turn)) {
    byId("class").value = view.klass = "";
    view.selected = turn;
    choose({ show: "all", conversation: view.conversation === ALL ? ALL : conversationOf[turn] });
  }
  showPage(false);
  select(turn);
}

// One click to Figure 5 and A.5 of the paper, and back.
function showFigure(figure) {
  view.figure = figure;
  byId("figure").setAttribute("aria-pressed", figure);
  if (view.selected !== null) byId("reading").replaceChildren(readingOf(view.selected));
}

// --- theme ----------------------------------------------------------------------------

const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  byId("theme").textContent = theme === "dark" ? "Light" : "Dark";
}
const toggleTheme = () =>
  setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");

// --- paper ----------------------------------------------------------------------------

let printListed = false;

// What goes to paper is drawn anew: the talkturn or the summary that is on the screen,
// or everything listed, several talkturns to a page.
function toPaper() {
  const paper = byId("paper");
  if (!byId("summary").hidden) {
    paper.replaceChildren(summaryPage(Math.floor(PAPER_WIDTH / models.length) - 10));
  } else if (printListed) {
    paper.replaceChildren(firstSheet(), ...view.listed.map(sheetOf));
  } else {
    paper.replaceChildren(...(view.selected === null ? [] : [readingOf(view.selected)]));
  }
}

window.addEventListener("beforeprint", toPaper);
window.addEventListener("afterprint", () => {
  printListed = false;
  byId("paper").replaceChildren();
});

// --- events ---------------------------------------------------------------------------

function nextConversation(by) {
  const number = view.conversation === ALL ? 0 : view.conversation + by;
  if (conversations[number]) choose({ conversation: number });
}

const KEYS = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  Home: () => step(-Infinity),
  End: () => step(Infinity),
  "[": () => nextConversation(-1),
  "]": () => nextConversation(1),
  w: () => {
    if (byId("show").querySelector("[value=wrong]")) choose({ show: view.show === "wrong" ? "all" : "wrong" });
  },
  p: () => showFigure(!view.figure),
  s: () => showPage(byId("summary").hidden),
  t: toggleTheme,
  "?": () => byId("help").showModal(),
};
const OF_TALKTURNS = ["j", "k", "ArrowDown", "ArrowUp", "Home", "End"];

document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("select, input, textarea, dialog");
  if (writes || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key];
  if (!act || (OF_TALKTURNS.includes(event.key) && !byId("summary").hidden)) return;
  event.preventDefault();
  act();
});

// A choice made with the pointer gives the keys back to the list; one made with the keys
// of the selection itself may go on.
let pointed = false;
byId("filters").addEventListener("pointerdown", () => { pointed = true; });
byId("filters").addEventListener("keydown", () => { pointed = false; });
byId("filters").addEventListener("change", (event) => { if (pointed) event.target.blur(); });
byId("conversation").addEventListener("change", (event) => choose({ conversation: Number(event.target.value) }));
byId("show").addEventListener("change", (event) => choose({ show: event.target.value }));
byId("class").addEventListener("change", (event) => {
  view.klass = event.target.value;
  draw();
});
byId("list").addEventListener("click", (event) => {
  const item = event.target.closest("[data-turn]");
  if (item) select(Number(item.dataset.turn));
});
byId("summary").addEventListener("click", (event) => {
  const turn = event.target.closest("[data-turn]");
  if (turn) open(Number(turn.dataset.turn));
  const conversation = event.target.closest("[data-conversation]");
  if (conversation) choose({ conversation: Number(conversation.dataset.conversation) });
});
byId("to-talkturns").addEventListener("click", () => showPage(false));
byId("to-summary").addEventListener("click", () => showPage(true));
byId("figure").addEventListener("click", () => showFigure(!view.figure));
byId("theme").addEventListener("click", toggleTheme);
byId("keys").addEventListener("click", KEYS["?"]);
byId("print-one").addEventListener("click", () => window.print());
byId("print-listed").addEventListener("click", () => {
  printListed = true;
  window.print();
});
prefersDark.addEventListener("change", () => setTheme(prefersDark.matches ? "dark" : "light"));
window.addEventListener("resize", drawSummary);

setTheme(prefersDark.matches ? "dark" : "light");
fillFilters();
drawBanner();
byId("figure").hidden = !models.some((model) => model.maps && model.effects);
// Begin where there is something to see: much context, and if possible a wrong prediction.
const asked = turnsOf(0).filter(isAsked);
const begin = asked.length ? asked : turnsOf(0);
const contextOf = (turn) => (models[0].window ? models[0].window[turn] : 1);
const widest = begin.filter((turn) => contextOf(turn) === Math.max(...begin.map(contextOf)));
view.selected = widest.find((turn) => models.some((model) => isWrong(model, turn))) ?? widest[0];
drawTalkturns();
showPage(false);
