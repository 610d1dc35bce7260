// Runs behind the code of answers.ts, in the same module. The address (#kernel/place/scenario) holds the question.
const index = JSON.parse(document.getElementById("atlas").textContent);
const pick = (id) => document.getElementById(id);
const fields = { kernel: pick("kernel"), place: pick("place"), scenario: pick("scenario") };
const places = [...document.querySelectorAll("section.place")];

function element(name, text, className) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function show() {
  const [kernel, place, scenario] = [
    index.kernels.findIndex((one) => one.label === fields.kernel.value),
    index.places.findIndex((one) => one.name === fields.place.value),
    index.scenarios.findIndex((one) => one.name === fields.scenario.value),
  ];
  const answer = answerOf(index, place, scenario, kernel);
  const { verdict, cause } = answer;
  const words = cause === null ? verdict.words : `${verdict.words}, because ${cause.words}`;
  const list = document.createElement("dl");
  const row = (title, ...texts) => {
    const said = texts.filter(Boolean);
    if (said.length === 0) return;
    list.append(element("dt", title));
    const text = element("dd");
    text.append(...said.map((one) => (typeof one === "string" ? element("div", one) : one)));
    list.append(text);
  };
  row("Since", answer.since && `It is ${answer.since}.`, ...answer.otherwise);
  row("What helps", answer.cure);
  row("Seen", cause && `${cause.cause}: ${cause.evidence}`);
  row("Returned", answer.returned);
  row("Decided in", answer.kernelFunction);
  row("Measured on", answer.packageVersion && `Debian's ${answer.packageVersion}`);
  row("Cost", answer.cost ?? "Not in the atlas: puntbench explain times it on your machine.");
  row("Repeat it", element("pre", answer.command));
  pick("answer").replaceChildren(
    element("p", `${words.charAt(0).toUpperCase()}${words.slice(1)}.`, `verdict v-${verdict.kind}`),
    element(
      "p",
      `Linux ${fields.kernel.value} on ${index.places[place].words}: ${index.scenarios[scenario].words}.`,
    ),
    list,
  );
  pick("answer").hidden = false;
}

function ask() {
  history.replaceState(
    null,
    "",
    `#${fields.kernel.value}/${fields.place.value}/${fields.scenario.value}`,
  );
  show();
}

/** Takes the question of the address; keeps what the address does not name. */
function fromAddress() {
  const parts = decodeURIComponent(location.hash.slice(1)).split("/");
  if (parts.length !== 3) return false;
  const values = { kernel: parts[0], place: parts[1], scenario: parts[2] };
  for (const [name, value] of Object.entries(values)) {
    if ([...fields[name].options].some((option) => option.value === value))
      fields[name].value = value;
  }
  return true;
}

function filter() {
  const words = pick("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of places) {
    const wanted = pick("only-place").value;
    let shown = 0;
    for (const row of section.querySelectorAll("tbody tr")) {
      const text = row.dataset.scenario.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    section.hidden = shown === 0 || (wanted !== "" && section.dataset.place !== wanted);
  }
}

for (const field of Object.values(fields)) field.addEventListener("change", ask);
pick("question").addEventListener("submit", (event) => event.preventDefault());
pick("only-place").addEventListener("change", filter);
pick("search").addEventListener("input", filter);
addEventListener("hashchange", () => {
  if (!fromAddress()) return;
  show();
  pick("answer").scrollIntoView({ block: "center" });
});
pick("question").hidden = false;
pick("filters").hidden = false;
if (!fromAddress()) {
  fields.kernel.selectedIndex = fields.kernel.options.length - 1;
  fields.scenario.value = "fallocate-0";
}
show();
document.documentElement.dataset.atlas = "ready";
