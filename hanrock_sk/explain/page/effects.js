// What mattered: what changed the prediction when it was left out, as signed bars on one
// scale from zero; what was weighted, as shade.

const TOP_WORDS = 5;

// A bar to the right raised the prediction, one to the left lowered it.
function signedBar(change, most = SCALE) {
  const filled = el("span", { class: change < 0 ? "lowered" : "raised" });
  const share = most ? Math.min(1, Math.abs(change) / most) : 0;
  filled.style.width = `${50 * share}%`;
  filled.style[change < 0 ? "right" : "left"] = "50%";
  return el("span", { class: "signed", "aria-hidden": "true" }, filled);
}

function wordColumn({ word, bucket, told, z }, change) {
  const column = el("span", { class: `w s${bucket}${told ? " told" : ""}` });
  if (change !== null) {
    const filled = el("span", { class: change < 0 ? "lowered" : "raised" });
    filled.style.height = `${SCALE ? 50 * Math.min(1, Math.abs(change) / SCALE) : 0}%`;
    column.append(el("span", { class: "stick", "aria-hidden": "true" }, filled));
    column.title = `changed the prediction by ${changeText(change)}; weighted z ${z}`;
  }
  column.append(el("span", { class: "t" }, word));
  return column;
}

function spokenWords(model, turn, own) {
  const changed = wordChanges(model, turn);
  const words = el("div", { class: "columns", dir: "auto" },
    own.words.map((word, k) => wordColumn(word, changed && changed[k])));
  if (own.unread) words.append(el("span", { class: "unread" }, `… ${own.unread.toLocaleString("en")} more words, not read`));
  return words;
}

// The words that changed most, as text: for those who do not see the bars.
function topWords(model, turn, own) {
  const changed = wordChanges(model, turn);
  if (!changed) return el("p", { class: "note" }, "Words were not left out one by one here (occlusion=True does).");
  const order = changed.map((_, k) => k).sort((a, b) => Math.abs(changed[b]) - Math.abs(changed[a]));
  return el("p", { class: "top" }, "Left out, these words changed the prediction most: ",
    order.slice(0, TOP_WORDS).map((k, place) => [
      place ? ", " : "", el("bdi", {}, own.words[k].word), ` ${changeText(changed[k])}`]).flat(), ".");
}

function contextRow({ turn, stepsBack, share, change, bucket, words, unread }) {
  const text = el("td", { class: "words", dir: "auto" });
  for (const { word, bucket: of, told } of words) {
    text.append(el("span", { class: `s${of}${told ? " told" : ""}` }, word), " ");
  }
  if (unread) text.append(el("span", { class: "unread" }, `… ${unread.toLocaleString("en")} more words, not read`));
  return el("tr", {},
    el("th", { scope: "row", class: `s${bucket}`, title: `weighted ${percent(share)}` },
      `${stepsBack} before`,
      el("span", { class: "speaker", dir: "auto" }, speakerOf(turn))),
    el("td", { class: "change" }, signedBar(change), el("span", { class: "number" }, changeText(change))),
    text);
}

// What is known of the talkturn beside its words: columns of numbers and codes.
function featureRows(model, turn) {
  const names = model.effects ? model.effects.features : [];
  if (!names.length) return [];
  const changed = changes(model, model.effects.featureEffects[turn]);
  return [
    el("h4", {}, "What mattered: what else is known of this talkturn",
      el("small", {}, " with the cell left empty")),
    el("table", { class: "window effects features" },
      el("colgroup", {}, el("col", { class: "change" }), el("col", {})),
      el("thead", { class: "unseen" }, el("tr", {},
        el("th", { scope: "col" }, "changed the prediction by"),
        el("th", { scope: "col" }, "column"))),
      el("tbody", {}, names.map((name, k) => el("tr", {},
        el("td", { class: "change" }, signedBar(changed[k]),
          el("span", { class: "number" }, changeText(changed[k]))),
        el("th", { scope: "row", dir: "auto" }, name))))),
  ];
}

function whatMattered(model, turn) {
  const window = windowOf(model, turn);
  const own = window[window.length - 1];
  return [
    el("h4", {}, "What mattered: the words of this talkturn"),
    spokenWords(model, turn, own),
    topWords(model, turn, own),
    ...featureRows(model, turn),
    el("h4", {}, "What mattered: the talkturns before it"),
    window.length > 1 ? null : el("p", { class: "note" }, "There are none: it is read alone."),
    window.length === 1 ? null : el("table", { class: "window effects" },
      el("colgroup", {}, el("col", { class: "who" }), el("col", { class: "change" }), el("col", {})),
      el("thead", { class: "unseen" }, el("tr", {},
        el("th", { scope: "col" }, "talkturn"),
        el("th", { scope: "col" }, "changed the prediction by"),
        el("th", { scope: "col" }, "what was said"))),
      el("tbody", {}, window.slice(0, -1).map(contextRow))),
  ].filter(Boolean);
}

function legend() {
  const end = changeText(SCALE);
  const sample = (kind) => el("span", { class: "sample" }, el("span", { class: kind }));
  const what = classes ? "the probability of the predicted class" : "the predicted value";
  return el("p", { class: "legend" },
    el("span", {}, sample("raised"), ` left out, ${what} falls: it raised the prediction`),
    el("span", {}, sample("lowered"), " left out, it rises: it lowered the prediction"),
    el("span", {}, `every bar begins at 0; a full one is ${end} or more`),
    el("span", {}, "weighted: ", ["little", "some", "more", "most"].map((name, k) =>
      [el("span", { class: `shade s${k}` }, name), " "]).flat()));
}

// --- the words of the whole corpus ----------------------------------------------------

function wordRow(entry, most) {
  return el("details", { class: "entry" },
    el("summary", {},
      el("span", { class: "label", dir: "auto" }, entry.word),
      signedBar(entry.effect, most),
      el("span", { class: "number" }, `${changeText(entry.effect)}, ${entry.count} times`)),
    el("ul", {}, entry.turns.map((turn) => el("li", {},
      el("button", { type: "button", "data-turn": turn, dir: "auto" }, saidAt(turn).slice(0, 160) || "(nothing said)")))));
}

const listsWords = (model) => model.maps && model.effects && model.effects.wordList;

function wordListOf(model) {
  if (!listsWords(model)) {
    return model.effects
      ? [el("p", { class: "note" }, "Words were not left out one by one here (occlusion=True does), so there is no list of words that matter.")]
      : [];
  }
  const list = model.effects.wordList;
  const most = Math.max(0, ...models.filter(listsWords).flatMap((m) => m.effects.wordList.map((w) => Math.abs(w.effect))));
  const groups = classes ? classes.map((name, code) => [name, list.filter((w) => w.class === code)]) : [["value", list]];
  return [
    el("h4", {}, "Words that matter over all talkturns shown",
      el("small", {}, " mean change when left out; open a word for examples")),
    el("div", { class: "corpus" }, groups.filter(([, words]) => words.length).map(([name, words]) =>
      el("div", {}, el("h5", { dir: "auto" }, name), words.map((entry) => wordRow(entry, most))))),
  ];
}
