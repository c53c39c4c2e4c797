// The summary page: how predictions run over time, where models are unsure, and how
// often they are right.

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
    tile(scope.error.toFixed(3), "mean absolute error"),
    tile((scope.bias > 0 ? "+" : "") + scope.bias.toFixed(3), "predicted − true"),
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

// --- over time ------------------------------------------------------------------------

const LEFT = 84, RIGHT = 10, LANE = 17, AXIS = 22, SURE = 34;
const NARROWEST = 6.5, WIDEST = 24;  // steps from talkturn to talkturn

// Rows of a chart: classes, or one wide row for values.
function lanes(height) {
  if (classes) return { height: classes.length * LANE, y: (code) => code * LANE + LANE / 2 };
  const all = [...talkturns.label.filter((v) => v !== null), ...models.flatMap((m) => m.predicted)];
  const low = Math.min(...all), high = Math.max(...all);
  return {
    height, low, high,
    y: (v) => 6 + (height - 12) * (high > low ? 1 - (v - low) / (high - low) : 0.5),
  };
}

function dot(model, turn, x, y) {
  const wrong = isWrong(model, turn);
  const predicted = model.predicted[turn], label = talkturns.label[turn];
  const title = `${numberInConversation(turn)} ${speakerOf(turn)}: ${labelText(predicted)}` +
    (classes ? `, ${percent(certainty(model, turn))}` : "") +
    (isLabelled(turn) ? `, true ${labelText(label)}` : "");
  const group = svg("g", { class: `dot${wrong ? " wrong" : ""}`, "data-turn": turn }, svg("title", {}, title));
  if (isLabelled(turn) && (wrong || !classes)) {
    const to = y(label), r = 2.6;
    group.append(
      svg("line", { class: "miss", x1: x, x2: x, y1: y(predicted), y2: to }),
      svg("path", { class: "truth", d: `M${x - r} ${to - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}` }));
  }
  const opacity = classes ? 0.25 + 0.75 * certainty(model, turn) : 1;
  group.append(svg("circle", { cx: x, cy: y(predicted), r: 3.4, "fill-opacity": opacity.toFixed(2) }));
  return group;
}

// One piece of a conversation, that fits the width.
function timeline(model, turns, speaker, width, step) {
  const { height, low, high, y } = lanes(90);
  const sureTop = height + 6;
  const bottom = classes ? sureTop + SURE : height;
  const chart = svg("svg", {
    viewBox: `0 0 ${width} ${bottom + AXIS}`, width, height: bottom + AXIS,
    class: "timeline", role: "img", "aria-label": `Predictions over time, ${speaker}`,
  });
  const text = (x, at, value, anchor = "end") =>
    chart.append(svg("text", { x, y: at, "text-anchor": anchor, "dominant-baseline": "central" }, value));
  const rule = (at, kind = "lane") =>
    chart.append(svg("line", { class: kind, x1: LEFT, x2: width - RIGHT, y1: at, y2: at }));
  if (classes) {
    classes.forEach((name, code) => {
      rule(y(code));
      text(LEFT - 8, y(code), name.length > 12 ? `${name.slice(0, 11)}…` : name);
    });
    text(LEFT - 8, sureTop + SURE / 2, "how sure");
    rule(sureTop + SURE, "axis");
  } else {
    for (const value of [low, (low + high) / 2, high]) {
      rule(y(value));
      text(LEFT - 8, y(value), value.toFixed(1));
    }
    rule(bottom, "axis");
  }
  const barWidth = Math.min(step - 1.5, 10);
  turns.forEach((turn, k) => {
    const x = LEFT + step / 2 + k * step;
    const number = numberInConversation(turn);
    if (k === 0 || (k * step > 26 && number % 10 === 0)) text(x, bottom + AXIS / 2 + 2, String(number), "middle");
    if (talkturns.speakers && speakerOf(turn) !== speaker) return;
    chart.append(dot(model, turn, x, y));
    if (classes) {
      const sure = certainty(model, turn) * SURE;
      chart.append(svg("rect", {
        class: `sure${isWrong(model, turn) ? " wrong" : ""}`,
        x: x - barWidth / 2, width: barWidth, y: sureTop + SURE - sure, height: sure,
      }));
    }
  });
  return chart;
}

function timelines(model, number, width) {
  const turns = turnsOf(number);
  const speakers = talkturns.speakers ? [...new Set(turns.map(speakerOf))] : [""];
  const room = width - LEFT - RIGHT;
  const lines = Math.ceil((turns.length * NARROWEST) / room);
  const fit = Math.ceil(turns.length / lines);
  const step = Math.min(WIDEST, room / fit);
  const pieces = [];
  for (let from = 0; from < turns.length; from += fit) pieces.push(turns.slice(from, from + fit));
  return speakers.map((speaker) =>
    el("figure", {},
      speaker ? el("figcaption", { dir: "auto" }, speaker) : null,
      pieces
        .filter((piece) => !speaker || piece.some((turn) => speakerOf(turn) === speaker))
        .map((piece) => timeline(model, piece, speaker, width, step))));
}

// --- where the model is unsure --------------------------------------------------------

function unsureList(model) {
  const turns = inScope().filter((turn) => classes || isLabelled(turn));
  const doubt = classes
    ? (turn) => 1 - certainty(model, turn)
    : (turn) => Math.abs(model.predicted[turn] - talkturns.label[turn]);
  turns.sort((a, b) => doubt(b) - doubt(a) || a - b);
  return el("ol", { class: "unsure" },
    turns.slice(0, UNSURE_SHOWN).map((turn) =>
      el("li", {},
        el("button", { type: "button", "data-turn": turn },
          el("span", { class: "verdicts" }, verdictOf(model, turn), " ",
            el("span", { class: "sure" }, classes ? percent(certainty(model, turn)) : `off by ${doubt(turn).toFixed(2)}`)),
          el("span", { class: "place" },
            [conversations[conversationOf[turn]].name, numberInConversation(turn), speakerOf(turn)].filter((part) => part !== "").join(" · ")),
          el("span", { class: "said", dir: "auto" }, saidAt(turn).slice(0, 200) || "(nothing said)")))));
}

// --- the page -------------------------------------------------------------------------

function modelSummary(model, width) {
  const number = view.conversation;
  const article = el("article", { class: "model" },
    el("header", {}, el("h3", { dir: "auto" }, model.name), el("span", { class: "kind" }, model.kind)));
  const scope = model.summary && (number === ALL ? model.summary.all : model.summary.conversations[number]);
  article.append(scope ? tiles(scope, model) : el("p", { class: "note" }, "No true labels were given."));
  if (scope && scope.labelled && classes) {
    article.append(
      el("div", { class: "pair" },
        el("div", {}, el("h4", {}, "Confusion matrix"), confusionTable(scope)),
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
  const value = (scope) => scope[figure] === null ? "–" : classes ? percent(scope[figure]) : scope[figure].toFixed(3);
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
