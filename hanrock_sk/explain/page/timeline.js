// How predictions run over a conversation, one chart for each speaker.

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
      text(LEFT - 8, y(value), valueText(value, 1));
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
  const speakers = talkturns.speakers ? [...new Set(turns.filter(isAsked).map(speakerOf))] : [""];
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
