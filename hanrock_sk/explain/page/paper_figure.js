// One model's reading as Figure 5 of the paper shows it: the window with overall attention
// in buckets (A.5), and the attention over tasks.

function wordElement({ word, z, bucket, told }) {
  return el("span", { class: `word b${bucket}${told ? " told" : ""}`, title: `z ${z}` }, word);
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

function taskBars(model, turn) {
  const weights = model.taskWeights[turn].map((weight) => weight / 10000);
  const chart = el("div", { class: "bars tasks" });
  weights.forEach((weight, task) => {
    const family = model.tasks[task].split(" ")[0];
    const starts = task > 0 && family !== model.tasks[task - 1].split(" ")[0];
    chart.append(bar(model.tasks[task], weight, percent(weight), {
      kind: `${family}${starts ? " starts" : ""}`,
      mark: 1 / weights.length,
    }));
  });
  return chart;
}

function paperFigure(model, turn) {
  const lines = windowOf(model, turn).map((context) => windowRow(context, turn));
  const parts = [
    el("h4", {}, "What was weighted, as in the paper"),
    el("table", { class: "window" }, el("tbody", {}, lines)),
  ];
  if (!model.taskWeights) return [...parts, el("p", { class: "note" }, "This model has no attention over tasks.")];
  return [...parts,
    el("h4", {}, "Weights of the tasks", el("small", {}, " from 0 to 100 %; line: equal shares")),
    taskBars(model, turn)];
}

function figureLegend() {
  const meaning = ["z < 0", "0 ≤ z < 1", "1 ≤ z < 2", "z ≥ 2"];
  return el("p", { class: "legend" },
    "Weighted ",
    BUCKETS.map((name, bucket) => el("span", {},
      el("span", { class: `box b${bucket}` }, name[0].toUpperCase()), " ",
      el("span", { class: `word b${bucket}` }, name), " ", el("small", {}, meaning[bucket]))));
}
