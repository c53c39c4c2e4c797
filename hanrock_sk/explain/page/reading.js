// The reading of one predicted talkturn, in the order of a reader's questions: what was
// predicted, for whom, how sure, how good the model is; then what mattered.

function predictionLine(model, turn) {
  const predicted = model.predicted[turn];
  const wrong = isWrong(model, turn);
  const speaker = speakerOf(turn);
  const line = el("p", { class: `prediction ${isLabelled(turn) ? (wrong ? "wrong" : "right") : ""}` },
    el("span", { class: "for" }, speaker ? ["Predicted for ", el("bdi", {}, speaker)] : "Predicted"),
    el("strong", { dir: "auto" }, labelText(predicted)));
  if (classes) line.append(" ", el("span", { class: "sure" }, percent(certainty(model, turn)), " sure"));
  if (isLabelled(turn)) {
    const label = talkturns.label[turn];
    const off = classes ? "" : `off by ${valueText(Math.abs(predicted - label), 2)}`;
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
    const dot = el("span", { class: kind, title: `${kind} ${valueText(value, 2)}` });
    dot.style.left = `${100 * share(value)}%`;
    line.append(dot);
  };
  if (isLabelled(turn)) point("true", talkturns.label[turn]);
  point("predicted", model.predicted[turn]);
  return el("div", { class: "values" },
    el("span", {}, valueText(low, 1)), line, el("span", {}, valueText(high, 1)),
    el("small", {}, isLabelled(turn) ? "● predicted · ○ true" : "● predicted"));
}

function modelReading(model, turn) {
  const article = el("article", { class: "model" },
    el("header", {},
      el("h3", { dir: "auto" }, model.name),
      el("span", { class: "kind" }, model.kind)));
  if (!isAsked(turn)) {
    article.append(el("p", { class: "note unasked" },
      "No talkturn of this speaker has a label: the model was not trained to answer for them, so no prediction is shown. What they said is context."));
    return article;
  }
  article.append(
    predictionLine(model, turn),
    classes ? classBars(model, turn) : valueScale(model, turn),
    el("p", { class: "quality" }, qualityText(model)));
  if (!model.maps) {
    article.append(el("p", { class: "note" }, NO_MAPS));
  } else {
    article.append(...(view.figure || !model.effects ? paperFigure(model, turn) : whatMattered(model, turn)));
  }
  return article;
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
  const shows = models.some((model) => model.maps) && isAsked(turn);
  const plain = view.figure || !models.some((model) => model.effects);
  return el("section", { class: "reading", "data-row": talkturns.row[turn] },
    el("header", { class: "talkturn" },
      el("h2", {}, "Talkturn ", el("small", {}, placeText(turn))),
      el("blockquote", { dir: "auto", tabindex: "0" }, saidAt(turn) || "(nothing said)"),
      isLabelled(turn)
        ? el("p", { class: "truth" }, "True ", classes ? "label " : "value ",
            el("strong", { dir: "auto" }, labelText(talkturns.label[turn])))
        : null),
    el("div", { class: "models" }, models.map((model) => modelReading(model, turn))),
    shows ? (plain ? figureLegend() : legend()) : null);
}
