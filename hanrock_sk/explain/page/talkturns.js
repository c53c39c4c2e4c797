// The conversation view: which talkturns are listed, and which one is selected.

const ALL = -1;
const view = { conversation: 0, show: "all", klass: "", listed: [], selected: 0, figure: false };

const disagree = (turn) =>
  classes
    ? isAsked(turn) && models.some((model) => model.predicted[turn] !== models[0].predicted[turn])
    : models.some((model) => isWrong(model, turn) !== isWrong(models[0], turn));

// What can be chosen in "Show", by what it is called.
function showChoices() {
  const labelled = talkturns.label.some((label) => label !== null);
  const wrong = classes ? "wrong" : "further off than the mean";
  const choices = [["all", "all talkturns", () => true]];
  if (labelled) {
    const any = models.length > 1 ? `${wrong}, any model` : `${wrong} predictions`;
    choices.push(["wrong", any, (turn) => models.some((model) => isWrong(model, turn))]);
    if (models.length > 1) {
      models.forEach((model, k) =>
        choices.push([`wrong-${k}`, `${wrong}: ${model.name}`, (turn) => isWrong(model, turn)]));
    }
    choices.push(["labelled", "with a true label", isLabelled]);
  }
  if (talkturns.labelled && talkturns.speakers.some((name) => !talkturns.labelled.includes(name))) {
    choices.push(["asked", "of labelled speakers", isAsked]);
  }
  if (models.length > 1 && (classes || labelled)) {
    choices.push(["disagree", "models disagree", disagree]);
  }
  return choices;
}

// "true:2" are the talkturns whose label is the third class, "predicted:2" those that
// any model predicts it for.
function hasClass(turn, chosen) {
  if (!chosen) return true;
  const [kind, code] = chosen.split(":");
  if (kind === "true") return talkturns.label[turn] === Number(code);
  return isAsked(turn) && models.some((model) => model.predicted[turn] === Number(code));
}

function inScope() {
  if (view.conversation !== ALL) return turnsOf(view.conversation);
  return conversations.flatMap((_, number) => turnsOf(number));
}

function updateListed() {
  const [, , passes] = showChoices().find(([value]) => value === view.show);
  const scope = inScope();
  view.listed = scope.filter((turn) => passes(turn) && hasClass(turn, view.klass));
  byId("count").textContent = `${view.listed.length} of ${scope.length} talkturns`;
}

function verdictOf(model, turn) {
  const state = isLabelled(turn) ? (isWrong(model, turn) ? "wrong" : "right") : "";
  const sign = { wrong: "✗ ", right: "✓ " }[state] || "";
  const sure = classes ? `, ${percent(certainty(model, turn))}` : "";
  return el("span", { class: `predicted ${state}`, title: `${model.name}${sure}`, dir: "auto" },
    sign + labelText(model.predicted[turn]));
}

function listItem(turn) {
  const wrong = models.some((model) => isWrong(model, turn));
  const kind = `${wrong ? " wrong" : ""}${isAsked(turn) ? "" : " unasked"}`;
  return el("button", { type: "button", class: `item${kind}`, "data-turn": turn },
    el("span", { class: "place" },
      String(numberInConversation(turn)), " ",
      el("span", { class: "speaker", dir: "auto" }, speakerOf(turn)), " ",
      el("span", { class: "time" }, timeText(turn))),
    el("span", { class: "verdicts" }, isAsked(turn) ? models.map((model) => verdictOf(model, turn)) : null,
      wrong ? el("span", { class: "truth", dir: "auto" }, `true: ${labelText(talkturns.label[turn])}`) : null),
    el("span", { class: "said", dir: "auto" }, saidAt(turn).slice(0, 400) || "(nothing said)"));
}

function drawList() {
  const items = document.createDocumentFragment();
  let last = null;
  for (const turn of view.listed) {
    const number = conversationOf[turn];
    if (view.conversation === ALL && number !== last) {
      items.append(el("h2", {}, `Conversation ${conversations[number].name}`));
      last = number;
    }
    items.append(listItem(turn));
  }
  if (!view.listed.length) items.append(el("p", { class: "note" }, "No talkturn passes these filters."));
  byId("list").replaceChildren(items);
}

function select(turn) {
  const list = byId("list");
  for (const item of list.querySelectorAll("[aria-current]")) item.removeAttribute("aria-current");
  view.selected = turn;
  const reading = byId("reading");
  if (turn === null) {
    reading.replaceChildren();
    return;
  }
  const item = list.querySelector(`[data-turn="${turn}"]`);
  item.setAttribute("aria-current", "true");
  item.scrollIntoView({ block: "nearest" });
  reading.replaceChildren(readingOf(turn));
  reading.scrollTop = 0;
}

// Selects the talkturn that is so many steps further in the list.
function step(by) {
  if (!view.listed.length) return;
  const now = view.listed.indexOf(view.selected);
  const next = Math.min(view.listed.length - 1, Math.max(0, now + by));
  select(view.listed[next]);
}

function drawTalkturns() {
  updateListed();
  drawList();
  const stays = view.listed.includes(view.selected);
  select(stays ? view.selected : view.listed.length ? view.listed[0] : null);
}
