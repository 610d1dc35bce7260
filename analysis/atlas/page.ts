import { readFileSync } from "node:fs";
import { join } from "node:path";
import { verdictOf } from "../../results/atlas/verdict.js";
import { packageRoot } from "../../terminal/package-root.js";
import { groupBy } from "../cells/group-by.js";
import { type Html, html, trusted } from "../report/html.js";
import { CONTENT_SECURITY_POLICY, pageStyle } from "../report/scripts.js";
import { type AtlasIndex, cellAt } from "./answers.js";
import {
  type Finding,
  findingCounts,
  findingFunction,
  findingsOf,
  findingWords,
  unchangedSteps,
  unchangedWords,
} from "./findings.js";

/** The atlas as one file: no request, readable from disk and offline. Without JavaScript it is a table. */
export function atlasPage(index: AtlasIndex): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<title>Which io_uring requests punt?</title>
${pageStyle()}
<style>${trusted(asset("atlas.css"))}</style>
</head>
<body>
<header>
<h1>Which io_uring requests punt?</h1>
<p class="faint">A request that punts is handed to an io-wq worker thread. Measured on Debian's kernels ${index.kernels[0]?.label} to ${
    index.kernels.at(-1)?.label
  }, each request counted, then traced in a second run.</p>
</header>
<main>
${questions(index)}
<section id="answer" aria-live="polite" hidden></section>
<h2 id="changes">What changed</h2>
${changeLists(index)}
<h2 id="map">The map</h2>
<p>${LEGEND}</p>
<div id="filters" hidden>
<label>Filesystem <select id="only-place"><option value="">all</option>${index.places.map(
    ({ name, words }) => html`<option value="${name}">${words}</option>`,
  )}</select></label>
<label>Search <input id="search" type="search" placeholder="append, o_dsync, read"></label>
</div>
${index.places.map((_, place) => placeTable(index, place))}
</main>
<script type="application/json" id="atlas">${trusted(jsonText(index))}</script>
<script type="module">
${trusted(compiledAnswers())}
${trusted(asset("atlas.js"))}
</script>
</body>
</html>
`.text;
}

const LEGEND =
  "no: no request punts. all: every request does. A share: some do. tick: about one request in each clock tick does, so all that come slower than the ticks. 13 % + tick: that share for another reason, and of the rest those after a tick. 0 or 100 %: up to the buffer. -: cannot be done there. ?: not measured.";

function questions(index: AtlasIndex): Html {
  const groups = [...new Set(index.scenarios.map(({ group }) => group))];
  const kernels = index.kernels.map(
    ({ label }) => html`<option value="${label}">Linux ${label}</option>`,
  );
  const places = index.places.map(
    ({ name, words }) => html`<option value="${name}">${words}</option>`,
  );
  const scenarios = groups.map(
    (group) =>
      html`<optgroup label="${group}">${index.scenarios
        .filter((one) => one.group === group)
        .map(({ name, words }) => html`<option value="${name}">${words}</option>`)}</optgroup>`,
  );
  return html`<form id="question" hidden>
<label>Kernel <select id="kernel">${kernels}</select></label>
<label>Filesystem <select id="place">${places}</select></label>
<label class="wide">What you do <select id="scenario">${scenarios}</select></label>
</form>
<noscript><p>Without JavaScript, look your case up in the map below.</p></noscript>`;
}

/** What changed, one step from kernel to kernel after the other: each opens to its findings. */
function changeLists(index: AtlasIndex): Html {
  const found = findingsOf(index);
  const steps = groupBy(found, ({ from, to }) => `${from} ${to}`);
  const changed = [...steps.values()].map((findings) => {
    const { from = 0, to = 0 } = findings[0] ?? {};
    return { from, to, list: changedStep(index, from, to, findings) };
  });
  const unchanged = unchangedSteps(index, found).map((step) => ({
    ...step,
    list: html`<p class="faint">${unchangedWords(index, step)}</p>\n`,
  }));
  const lists = [...changed, ...unchanged]
    .sort((a, b) => a.to - b.to || a.from - b.from)
    .map(({ list }) => list);
  return html`${lists.length > 0 ? lists : html`<p>Only one kernel was measured.</p>`}`;
}

function changedStep(index: AtlasIndex, from: number, to: number, findings: Finding[]): Html {
  const [label, next] = [from, to].map((kernel) => index.kernels[kernel]?.label);
  const counts = [true, false].map((better) => {
    const count = findings.filter((finding) => finding.better === better).length;
    const word = better ? "better" : "worse";
    return count === 0 ? html`` : html` <span class="${word}">${count} ${word}</span>`;
  });
  return html`<details class="step"><summary>Linux ${label} → ${next}:${counts}</summary>${findings.map(
    (finding) => findingDetails(index, finding),
  )}</details>\n`;
}

/** Opens to the requests that it is about, and its evidence. */
function findingDetails(index: AtlasIndex, finding: Finding): Html {
  const { place, to, better, cause, scenarios } = finding;
  const links = scenarios.map((at) => {
    const { name = "", words = "" } = index.scenarios[at] ?? {};
    const address = `#${index.kernels[to]?.label}/${index.places[place]?.name}/${name}`;
    return html`<li><a href="${address}">${name}</a>: ${words}</li>`;
  });
  const decided = findingFunction(index, finding);
  return html`<details><summary><span class="${better ? "better" : "worse"}">${
    better ? "better" : "worse"
  }</span> ${findingWords(index, finding)}</summary><p>Seen: ${findingCounts(index, finding)}${
    cause ? `; ${cause.evidence}` : ""
  }.${decided ? ` Decided in ${decided}.` : ""}</p><ul>${links}</ul></details>\n`;
}

function placeTable(index: AtlasIndex, place: number): Html {
  const { name = "", words = "", scenarios = [] } = index.places[place] ?? {};
  const rows = scenarios.map((row) => {
    const { name: scenario = "", words: does = "" } = index.scenarios[row] ?? {};
    const cells = index.kernels.map(({ label }, kernel) => {
      const verdict = verdictOf(cellAt(index, place, row, kernel));
      return html`<td class="v-${verdict.kind}"><a href="#${label}/${name}/${scenario}" title="${verdict.words}">${verdict.short}</a></td>`;
    });
    return html`<tr data-scenario="${scenario} ${does}"><th scope="row" title="${does}">${scenario}</th>${cells}</tr>\n`;
  });
  const heads = index.kernels.map(({ label }) => html`<th scope="col">${label}</th>`);
  return html`<section class="place" data-place="${name}"><h3 id="place-${name}">${words}</h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="place-${name}"><table>
<thead><tr><th scope="col">scenario</th>${heads}</tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

/** JSON that cannot end its script element. */
function jsonText(index: AtlasIndex): string {
  return JSON.stringify(index).replaceAll("<", "\\u003c");
}

/** The same code that answers in the terminal. */
function compiledAnswers(): string {
  return ["results/atlas/verdict.js", "analysis/atlas/answers.js"]
    .map((file) => readFileSync(join(packageRoot(), "dist", file), "utf8"))
    .join("\n")
    .replaceAll(/^import .*;$/gm, "")
    .replaceAll(/^export /gm, "");
}

function asset(name: string): string {
  return readFileSync(join(packageRoot(), "analysis", "atlas", "assets", name), "utf8");
}
