// Paper: a first page that says how good the models are and how to read what follows, then
// several talkturns to a page.

const SHEET_WORDS = 80;
const SHEET_CONTEXT = 2;

const modelHead = (model) => (models.length > 1 ? el("b", { dir: "auto" }, `${model.name}: `) : null);

function firstSheet() {
  const listed = view.listed.length;
  const how = models.some((model) => model.maps && model.effects);
  return el("section", { class: "first" },
    el("h2", {}, "Summary ", el("small", {}, `${listed} talkturns`)),
    models.map((model) => el("div", { class: "of-model" },
      el("p", {}, modelHead(model), qualityText(model), " These figures count if the model was not trained on these talkturns."),
      model.maps ? sheetWords(model) : el("p", {}, NO_MAPS))),
    how ? [
      el("h3", {}, "How to read what follows"),
      el("p", {}, "Each talkturn shows what was predicted, how sure the model is, and what is true where a label says so. Under it stand its words. Each was left out, and the prediction made anew: a bar above the line is a word without which the predicted class is less likely, a bar below it one without which it is likelier. Shade tells what the model weighted, which may be something else. The talkturns before it that changed most follow."),
      legend()] : null,
    talkturns.labelled ? el("p", {}, "Talkturns of speakers without labels are grey: the model was not trained to answer for them.") : null);
}

function sheetWords(model) {
  if (!listsWords(model)) return null;
  const named = classes ? classes.map((name, code) => [name, code]) : [["value", null]];
  return el("table", { class: "sheet-words" }, el("tbody", {}, named.map(([name, code]) => {
    const words = model.effects.wordList.filter((word) => word.class === code).slice(0, 8);
    return words.length
      ? el("tr", {}, el("th", { scope: "row", dir: "auto" }, name),
          el("td", {}, words.map((word) => `${word.word} ${changeText(word.effect)}`).join(" · ")))
      : null;
  })));
}

function sheetOf(turn) {
  const place = [numberInConversation(turn), conversations.length > 1 ? conversations[conversationOf[turn]].name : "", speakerOf(turn), timeText(turn)]
    .filter((part) => part !== "").join(" · ");
  if (!isAsked(turn)) {
    return el("article", { class: "sheet unasked" },
      el("p", {}, el("span", { class: "at" }, place), " ", el("span", { dir: "auto" }, saidAt(turn).slice(0, 400))));
  }
  const truth = isLabelled(turn) ? el("span", { class: "true" }, "true label ", el("b", { dir: "auto" }, labelText(talkturns.label[turn]))) : null;
  return el("article", { class: "sheet" },
    el("p", { class: "head" },
      el("span", { class: "at" }, place),
      models.length > 1 ? null : saysOf(models[0], turn),
      truth),
    el("div", { class: "sides" }, models.map((model) => el("div", {},
      models.length > 1 ? saysOf(model, turn) : null,
      ...sheetMap(model, turn)))));
}

function saysOf(model, turn) {
  return el("span", { class: "says" }, modelHead(model), verdictOf(model, turn),
    classes ? ` ${percent(certainty(model, turn))} sure` : "");
}

function sheetMap(model, turn) {
  if (!model.maps || !model.effects) {
    return [el("p", { dir: "auto" }, saidAt(turn).slice(0, 600))];
  }
  const window = windowOf(model, turn);
  const own = window.pop();
  const changed = wordChanges(model, turn);
  const rest = own.words.length - SHEET_WORDS;
  const before = window.sort((a, b) => Math.abs(b.change) - Math.abs(a.change)).slice(0, SHEET_CONTEXT);
  return [
    el("div", { class: "columns", dir: "auto" },
      own.words.slice(0, SHEET_WORDS).map((word, k) => wordColumn(word, changed && changed[k])),
      rest > 0 ? el("span", { class: "unread" }, `… ${rest} more`) : null),
    el("div", { class: "earlier" }, before.map(({ turn: other, stepsBack, change }) => el("p", { class: "before" },
      signedBar(change), ` ${changeText(change)} · ${stepsBack} before · `,
      el("span", { dir: "auto" }, `${speakerOf(other)} “${saidAt(other).slice(0, 90)}${saidAt(other).length > 90 ? "…" : ""}”`)))),
  ];
}
