"use strict";
// What the page knows. Talkturns are numbered conversation by conversation; a "turn"
// below is such a number.

const data = JSON.parse(document.getElementById("data").textContent);
const { talkturns, models, classes, conversations } = data;

const BUCKETS = ["none", "low", "medium", "high"];
const Z_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const Z_LOWEST = -20;
const NOTHING_SAID = "<empty>";

// The conversation each turn is in, and the turns of each.
const conversationOf = [];
conversations.forEach((conversation, number) => {
  conversation.first = conversationOf.length;
  for (let k = 0; k < conversation.size; k++) conversationOf.push(number);
});

const turnsOf = (number) => {
  const { first, size } = conversations[number];
  return Array.from({ length: size }, (_, k) => first + k);
};
const numberInConversation = (turn) =>
  turn - conversations[conversationOf[turn]].first + 1;
const speakerOf = (turn) =>
  talkturns.speakers ? talkturns.speakers[talkturns.speaker[turn]] : "";
const saidAt = (turn) => (talkturns.text ? talkturns.text[turn] : wordsOf(models[0], turn).join(" "));
const wordsOf = (model, turn) =>
  model.words[turn].split(" ").map((word) => (word === NOTHING_SAID ? "(nothing said)" : word));

// A letter is a z-score, rounded down to tenths.
function standing(letter) {
  const tenths = Z_DIGITS.indexOf(letter) + Z_LOWEST;
  const bucket = tenths < 0 ? 0 : tenths < 10 ? 1 : tenths < 20 ? 2 : 3;
  const sign = tenths < 0 ? "−" : "";
  const beyond = letter === "/" ? " or more" : letter === "A" ? " or less" : "";
  return { bucket, z: sign + (Math.abs(tenths) / 10).toFixed(1) + beyond };
}

// Values of a small unit are written with more decimals, so that they differ.
const FINER = classes ? 0 : moreDecimals([...talkturns.label, ...models.flatMap((m) => m.predicted)]);
function moreDecimals(values) {
  const known = values.filter((value) => value !== null);
  const low = known.reduce((a, b) => Math.min(a, b), Infinity);
  const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
  const size = high - low || Math.abs(high);
  return size > 0 ? Math.min(90, Math.max(0, -1 - Math.floor(Math.log10(size)))) : 0;
}
const valueText = (value, decimals) => value.toFixed(decimals + FINER);

// Two letters are a change, in parts of the model's largest one.
const LARGEST_PART = 2047;
function changes(model, letters) {
  const unit = model.effects.largest / LARGEST_PART;
  return Array.from({ length: letters.length / 2 }, (_, k) => {
    const [high, low] = [letters[2 * k], letters[2 * k + 1]].map((letter) => Z_DIGITS.indexOf(letter));
    return (64 * high + low - LARGEST_PART - 1) * unit;
  });
}
// All bars of the page, of talkturns and words and of both models, share this scale.
const SCALE = Math.max(0, ...models.map((model) => (model.effects ? model.effects.scale : 0)));
const wordChanges = (model, turn) =>
  model.effects && model.effects.wordEffects ? changes(model, model.effects.wordEffects[turn]) : null;
function changeText(change) {
  const size = classes ? 100 * Math.abs(change) : Math.abs(change);
  const text = classes ? size.toFixed(size < 9.95 ? 1 : 0) : valueText(size, 3);
  const sign = Number(text) === 0 ? "±" : change > 0 ? "+" : "−";
  return sign + text + (classes ? " points" : "");
}

// What was read to predict a turn: its window, oldest talkturn first.
function windowOf(model, turn) {
  const size = model.window[turn];
  const letters = model.wordZ[turn];
  const effects = model.effects ? changes(model, model.effects.talkturnEffects[turn]) : null;
  let begin = 0;
  return Array.from({ length: size }, (_, k) => {
    const context = turn - size + 1 + k;
    const told = model.told[context] || 0;
    const words = wordsOf(model, context);
    const read = words.map((word, i) => ({ word, told: i < told, ...standing(letters[begin + i]) }));
    begin += words.length;
    return {
      turn: context,
      stepsBack: size - 1 - k,
      share: model.talkturnWeights[turn][k] / 1000,
      change: effects && effects[k],
      ...standing(model.talkturnZ[turn][k]),
      words: read,
      unread: model.unread[context] || 0,
    };
  });
}

// How sure a classifier is: the probability of what it predicts.
const certainty = (model, turn) =>
  model.probabilities[turn][model.predicted[turn]] / 1000;

const isLabelled = (turn) => talkturns.label[turn] !== null;
// A speaker none of whose talkturns has a label is context: nothing is said of them.
const isAsked = (turn) => !talkturns.labelled || talkturns.labelled.includes(speakerOf(turn));

// Wrong: another class; of values, further off than the mean error.
function isWrong(model, turn) {
  if (!isLabelled(turn)) return false;
  if (classes) return model.predicted[turn] !== talkturns.label[turn];
  return Math.abs(model.predicted[turn] - talkturns.label[turn]) > model.summary.all.error;
}

const labelText = (value) =>
  value === null ? "–" : classes ? classes[value] : valueText(value, 2);
const percent = (share) => {
  const value = 100 * share;
  return `${value > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} %`;
};
function timeText(turn) {
  const seconds = talkturns.time && talkturns.time[turn];
  if (seconds === null || seconds === undefined) return "";
  const whole = Math.floor(Math.abs(seconds));
  const minutes = Math.floor(whole / 60);
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(minutes / 60);
  const sign = seconds < 0 ? "−" : "";
  return sign + (hours ? `${hours}:${two(minutes % 60)}:` : `${minutes}:`) + two(whole % 60);
}
