// How good a model is, in words, and whether it is better than chance.

const NO_MAPS = "What this model weighted is not shown: on the labels given here it is no better than chance, so there is nothing to explain.";

const scoreText = (value) => (classes ? percent(value) : valueText(value, 3));

function qualityText(model) {
  const { quality } = model;
  if (!quality) return "How good this model is cannot be told: no true labels were given.";
  const range = `95 % interval ${scoreText(quality.low)} to ${scoreText(quality.high)}`;
  const of = `On ${quality.labelled} labels: ${quality.name} ${scoreText(quality.score)} (${range})`;
  if (!classes) return `${of}; always saying the median has ${scoreText(quality.chance)}.`;
  return `${of}; chance is ${scoreText(quality.chance)}. It is right in ${percent(quality.accuracy)}; ` +
    `always saying “${classes[quality.most]}” would be in ${percent(quality.mostAccuracy)}.`;
}

// What stands on top of everything where a model is at chance.
function drawBanner() {
  const chance = models.filter((model) => model.quality && model.quality.atChance);
  const banner = byId("banner");
  banner.hidden = !chance.length;
  if (!chance.length) return;
  const names = models.length > 1 ? chance.map((model) => model.name).join(" and ") : "This model";
  const shown = chance.some((model) => model.maps) ? " Maps are shown all the same, as was asked for: do not read anything into them." : " No maps are shown.";
  banner.textContent = `${names}: no better than chance on the labels given here.${shown}`;
}
