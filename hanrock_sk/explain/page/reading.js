// The reading of one predicted talkturn: its window with boxes and words, prediction,
// and task attention; one model beside the other.

function wordElement({ word, z, bucket }) {
  return el("span", { class: `word b${bucket}`, title: `z ${z}` }, word);
}

function windowRow({ turn, stepsBack, share, z, bucket, words, unread }, predicted) {
  const text = el("td", { class: "words", dir: "auto" });
  for (const word of words) text.append(wordElement(word), " ");
  if (unread) {
    text.append(el("span", { class: "unread" }, `… ${unread.toLocaleString("en")} more words, not read`));
  }
  const step = stepsBack ? `i−${stepsBack}` : "i";
  const name = BUCKETS[bucket];
  return el("tr", { class: turn === predicted ? "current" : "" },
    el("th", { scope: "row" }, step, el("span", { class: "speaker", dir: "auto" }, speakerOf(turn))),
    el("td", {},
      el("span", {
        class: `box b${bucket}`,
        title: `${name} attention: ${percent(share)}, z ${z}`,
      }, name[0].toUpperCase())),
    text);
}

function predictionLine(model, turn) {
  const predicted = model.predicted[turn];
  const wrong = isWrong(model, turn);
  const line = el("p", { class: `prediction ${isLabelled(turn) ? (wrong ? "wrong" : "right") : ""}` },
    el("strong", { dir: "auto" }, labelText(predicted)));
  if (classes) line.append(" ", el("span", { class: "sure" }, percent(certainty(model, turn))));
  if (isLabelled(turn)) {
    const label = talkturns.label[turn];
    const off = classes ? "" : `off by ${Math.abs(predicted - label).toFixed(2)}`;
    line.append(" ", el("span", { class: "verdict" },
      classes ? (wrong ? "✗ wrong" : "✓ right") : `${wrong ? "✗" : "✓"} ${off}`));
  }
  return line;
}

function classBars(model, turn) {
  const chart = el("div", { class: "bars classes" });
  model.probabilities[turn].forEach((thousandths, code) => {
    const share = thousandths / 1000;
    const kind = [
      code === model.predicted[turn] ? "predicted" : "",
      code === talkturns.label[turn] ? "true" : "",
    ].join(" ");
    chart.append(bar(classes[code], share, percent(share), { kind }));
  });
  return chart;
}

// Values on a line: what the model predicts, and what is true.
function valueScale(model, turn) {
  const all = [...talkturns.label.filter((v) => v !== null), ...models.flatMap((m) => m.predicted)];
  const low = Math.min(...all), high = Math.max(...all);
  const share = (v) => (high > low ? (v - low) / (high - low) : 0.5);
  const line = el("div", { class: "scale" });
  const point = (kind, value) => {
    const dot = el("span", { class: kind, title: `${kind} ${value.toFixed(2)}` });
    dot.style.left = `${100 * share(value)}%`;
    line.append(dot);
  };
  if (isLabelled(turn)) point("true", talkturns.label[turn]);
  point("predicted", model.predicted[turn]);
  return el("div", { class: "values" },
    el("span", {}, low.toFixed(1)), line, el("span", {}, high.toFixed(1)),
    el("small", {}, isLabelled(turn) ? "● predicted · ○ true" : "● predicted"));
}

function taskBars(model, turn) {
  const weights = model.taskWeights[turn].map((weight) => weight / 10000);
  const most = Math.max(...weights);
  const chart = el("div", { class: "bars tasks" });
  weights.forEach((weight, task) => {
    const family = model.tasks[task].split(" ")[0];
    const starts = task > 0 && family !== model.tasks[task - 1].split(" ")[0];
    chart.append(bar(model.tasks[task], weight / most, percent(weight), {
      kind: `${family}${starts ? " starts" : ""}`,
      mark: 1 / weights.length / most,
    }));
  });
  return chart;
}

function modelReading(model, turn) {
  const lines = windowOf(model, turn).map((context) => windowRow(context, turn));
  const article = el("article", { class: "model" },
    el("header", {},
      el("h3", { dir: "auto" }, model.name),
      el("span", { class: "kind" }, model.kind)),
    predictionLine(model, turn),
    classes ? classBars(model, turn) : valueScale(model, turn),
    el("h4", {}, "What was read"),
    el("table", { class: "window" }, el("tbody", {}, lines)));
  if (model.taskWeights) {
    article.append(
      el("h4", {}, "Attention over tasks", el("small", {}, " line: equal shares")),
      taskBars(model, turn));
  } else {
    article.append(el("p", { class: "note" }, "This model has no attention over tasks."));
  }
  return article;
}

function legend() {
  const meaning = ["z < 0", "0 ≤ z < 1", "1 ≤ z < 2", "z ≥ 2"];
  return el("p", { class: "legend" },
    "Attention ",
    BUCKETS.map((name, bucket) => el("span", {},
      el("span", { class: `box b${bucket}` }, name[0].toUpperCase()), " ",
      el("span", { class: `word b${bucket}` }, name), " ", el("small", {}, meaning[bucket]))));
}

function placeText(turn) {
  const number = conversationOf[turn];
  const { name, size } = conversations[number];
  return [
    `${numberInConversation(turn)} of ${size}`,
    name && `conversation ${name}`,
    speakerOf(turn),
    timeText(turn),
    `row ${talkturns.row[turn]}`,
  ].filter(Boolean).join(" · ");
}

function readingOf(turn) {
  return el("section", { class: "reading", "data-row": talkturns.row[turn] },
    el("header", { class: "talkturn" },
      el("h2", {}, "Talkturn ", el("small", {}, placeText(turn))),
      el("blockquote", { dir: "auto" }, saidAt(turn) || "(nothing said)"),
      isLabelled(turn)
        ? el("p", { class: "truth" }, "True ", classes ? "label " : "value ",
            el("strong", { dir: "auto" }, labelText(talkturns.label[turn])))
        : null),
    el("div", { class: "models" }, models.map((model) => modelReading(model, turn))),
    legend());
}
