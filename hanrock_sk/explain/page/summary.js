// The summary page: how good a model is, which words matter, where it errs, and how
// predictions run over time.

const UNSURE_SHOWN = 8;
const WIDEST_MODEL = 960;  // as in the style sheet

function tiles(scope, model) {
  const { labelled } = scope;
  const tile = (value, name) => el("div", { class: "tile" }, el("strong", {}, value), el("span", {}, name));
  if (!labelled) return el("p", { class: "note" }, "No talkturn here has a true label.");
  if (classes) {
    return el("div", { class: "tiles" },
      tile(percent(scope.accuracy), "accuracy"),
      tile(percent(scope.balanced), "balanced accuracy"),
      tile(String(labelled), "labelled talkturns"));
  }
  return el("div", { class: "tiles" },
    tile(valueText(scope.error, 3), "mean absolute error"),
    tile((scope.bias > 0 ? "+" : "") + valueText(scope.bias, 3), "predicted − true"),
    tile(String(labelled), "labelled talkturns"));
}

function confusionTable(scope) {
  const { confusion } = scope;
  const head = el("tr", {}, el("td", {}),
    classes.map((name) => el("th", { scope: "col", dir: "auto" }, el("span", {}, name))));
  const rows = confusion.map((counts, code) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return el("tr", {}, el("th", { scope: "row", dir: "auto" }, classes[code]),
      counts.map((count, other) => {
        const cell = el("td", {
          class: other === code ? "diagonal" : "",
          title: total ? `${count} of ${total} ${classes[code]} predicted as ${classes[other]}` : "",
        }, count ? String(count) : "·");
        cell.style.setProperty("--share", total ? (count / total).toFixed(3) : "0");
        if (total && count / total > 0.55) cell.classList.add("full");
        return cell;
      }));
  });
  return el("div", { class: "scroll" },
    el("table", { class: "confusion" }, el("caption", {}, "rows: true · columns: predicted"),
      el("thead", {}, head), el("tbody", {}, rows)));
}

function f1Bars(scope) {
  return el("div", { class: "bars f1" },
    classes.map((name, code) => {
      const f1 = scope.f1[code];
      return bar(name, f1 || 0, f1 === null ? "–" : f1.toFixed(2), { kind: f1 === null ? "absent" : "" });
    }));
}

// --- where the model is unsure --------------------------------------------------------

function unsureList(model) {
  const turns = inScope().filter((turn) => isAsked(turn) && (classes || isLabelled(turn)));
  const doubt = classes
    ? (turn) => 1 - certainty(model, turn)
    : (turn) => Math.abs(model.predicted[turn] - talkturns.label[turn]);
  turns.sort((a, b) => doubt(b) - doubt(a) || a - b);
  return el("ol", { class: "unsure" },
    turns.slice(0, UNSURE_SHOWN).map((turn) =>
      el("li", {},
        el("button", { type: "button", "data-turn": turn },
          el("span", { class: "verdicts" }, verdictOf(model, turn), " ",
            el("span", { class: "sure" }, classes ? percent(certainty(model, turn)) : `off by ${valueText(doubt(turn), 2)}`)),
          el("span", { class: "place" },
            [conversations[conversationOf[turn]].name, numberInConversation(turn), speakerOf(turn)].filter((part) => part !== "").join(" · ")),
          el("span", { class: "said", dir: "auto" }, saidAt(turn).slice(0, 200) || "(nothing said)")))));
}

// --- the page -------------------------------------------------------------------------

function modelSummary(model, width) {
  const number = view.conversation;
  const article = el("article", { class: "model" },
    el("header", {}, el("h3", { dir: "auto" }, model.name), el("span", { class: "kind" }, model.kind)),
    el("h4", {}, "How good it is"),
    el("p", { class: "quality" }, qualityText(model)));
  const scope = model.summary && (number === ALL ? model.summary.all : model.summary.conversations[number]);
  if (scope) {
    if (number !== ALL && conversations.length > 1) article.append(el("h4", {}, "In this conversation alone"));
    article.append(tiles(scope, model));
  }
  if (model.maps) article.append(...wordListOf(model));
  else article.append(el("p", { class: "note" }, NO_MAPS));
  if (scope && scope.labelled && classes) {
    article.append(
      el("h4", {}, "Where it errs"),
      el("div", { class: "pair" },
        el("div", {}, confusionTable(scope)),
        el("div", {}, el("h4", {}, "F1 of each class"), f1Bars(scope))));
  }
  if (classes || (scope && scope.labelled)) {
    article.append(el("h4", {}, classes ? "Least sure" : "Furthest off"), unsureList(model));
  }
  if (number !== ALL) {
    article.append(el("h4", {}, "Over time",
      el("small", {}, classes
        ? " ● predicted, paler when less sure · ○ wrong · × true label"
        : " ● predicted · × true value")),
      ...timelines(model, number, width));
  }
  return article;
}

function conversationTable() {
  const figure = classes ? "accuracy" : "error";
  const known = models.filter((model) => model.summary);
  const value = (scope) => scope[figure] === null ? "–" : classes ? percent(scope[figure]) : valueText(scope[figure], 3);
  return el("section", { class: "overview" },
    el("h4", {}, "Conversations"),
    el("div", { class: "scroll" },
      el("table", {},
        el("thead", {}, el("tr", {}, el("th", {}, "conversation"), el("th", {}, "talkturns"),
          known.map((model) => el("th", { dir: "auto" }, `${classes ? "accuracy" : "mean error"}, ${model.name}`)))),
        el("tbody", {}, conversations.map((conversation, number) =>
          el("tr", {},
            el("th", { scope: "row" }, el("button", { type: "button", "data-conversation": number, dir: "auto" }, conversation.name)),
            el("td", {}, String(conversation.size)),
            known.map((model) => el("td", {}, value(model.summary.conversations[number])))))))));
}

function summaryPage(width) {
  const { conversation } = view;
  const where = conversation === ALL
    ? "all conversations"
    : conversations[conversation].name && `conversation ${conversations[conversation].name}`;
  return el("section", { class: "summary" },
    el("h2", {}, "Summary ", el("small", {}, where || "")),
    el("div", { class: "models" }, models.map((model) => modelSummary(model, width))),
    conversation === ALL && conversations.length > 1 ? conversationTable() : null);
}

// Charts are drawn for the width that a model's column has.
function drawSummary() {
  const page = byId("summary");
  if (page.hidden) return;
  const columns = page.clientWidth < 900 ? 1 : models.length;
  const column = (page.clientWidth - 48 - 20 * (columns - 1)) / columns;
  page.replaceChildren(summaryPage(Math.max(260, Math.floor(Math.min(column, WIDEST_MODEL) - 42))));
}
