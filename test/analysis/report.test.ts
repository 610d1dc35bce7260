import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { packageRoot } from "../../terminal/package-root.js";
import {
  axeViolations,
  launchBrowser,
  noBrowser,
  openReport,
  squeezed,
  sticksOut,
} from "./browser.js";
import { promisedWords, wordsByRole } from "./chart-words.js";
import { writeFixture } from "./fixture.js";
import { appendLines, explanationsOf } from "./fixture-explanation.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-report-"));
const out = join(folder, "report");
const hostile = "<script>alert(1)</script>/../ \u{1f680} \"6.18\" & 'x'";
let browser: Browser | undefined;

before(() => {
  writeFixture(join(folder, "runs/a.jsonl"), { kernelLabel: "6.1.0-33", unwrittenPunts: true });
  const traced = { kernelLabel: hostile, seed: 2 };
  const file = writeFixture(join(folder, "runs/b.jsonl"), traced);
  appendLines(file, explanationsOf(traced, hostile));
  writeFixture(join(folder, "runs/c.jsonl"), { kernelLabel: "5.10", seed: 3, emulated: true });
  puntbench("report", join(folder, "runs"), "--out", out, "--title", `Report of ${hostile}`);
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

function puntbench(...args: string[]): string {
  return execFileSync(process.execPath, [join(packageRoot(), "dist/cli.js"), ...args], {
    encoding: "utf8",
    cwd: folder,
  });
}

test("every chart is written as a spec, an SVG and a PNG, beside one page under 2 MB", () => {
  const names = readdirSync(out);
  const charts = names.filter((name) => name.endsWith(".vl.json"));
  assert.ok(charts.length >= 7, names.join(" "));
  for (const chart of charts) {
    const base = chart.replace(".vl.json", "");
    assert.ok(names.includes(`${base}.svg`) && names.includes(`${base}.png`), base);
    const spec = JSON.parse(readFileSync(join(out, chart), "utf8"));
    assert.match(spec.$schema, /vega-lite\/v6/);
    assert.ok(spec.title.text.length > 5 && spec.data.values.length > 0, base);
  }
  assert.ok(statSync(join(out, "index.html")).size < 2e6);
});

test("the page carries the licence texts of the libraries in it, as their licences ask", () => {
  const page = readFileSync(join(out, "index.html"), "utf8");
  const licences = page.slice(page.indexOf('<details id="licences">'));
  for (const name of ["vega", "vega-lite", "vega-embed", "d3-scale"]) {
    assert.match(licences, new RegExp(`[>\\s]${name} \\d+\\.\\d+`));
  }
  assert.match(
    licences,
    /Copyright \(c\) \d{4}-\d{4}, University of Washington Interactive Data Lab/,
  );
  assert.match(
    licences,
    /Redistributions in binary form must reproduce the above copyright notice/,
  );
});

test("every picture shows the title, the axis titles and the legend that its spec asks for", () => {
  const charts = readdirSync(out).filter((name) => name.endsWith(".vl.json"));
  let axisTitles = 0;
  let legendLabels = 0;
  for (const chart of charts) {
    const promised = promisedWords(JSON.parse(readFileSync(join(out, chart), "utf8")));
    const svg = readFileSync(join(out, chart.replace(".vl.json", ".svg")), "utf8");
    const shown = wordsByRole(svg);
    const missing = (role: string, words: readonly string[]) =>
      words.filter((word) => !shown.get(role)?.includes(word));
    assert.deepEqual(missing("title-text", promised.title), [], chart);
    assert.deepEqual(missing("title-subtitle", promised.subtitle), [], chart);
    assert.deepEqual(missing("axis-title", promised.axisTitles), [], chart);
    assert.deepEqual(missing("legend-label", promised.legendLabels), [], chart);
    const labels = shown.get("axis-label") ?? [];
    assert.ok(labels.filter((label) => label !== "").length >= 4, `${chart}: ${labels}`);
    axisTitles += promised.axisTitles.length;
    legendLabels += promised.legendLabels.length;
  }
  assert.ok(axisTitles > 15 && legendLabels > 40, `${axisTitles} axes, ${legendLabels} labels`);
});

test("times of emulated kernels are in separate charts, which say so", () => {
  for (const name of ["iops", "latency", "cpu"]) {
    const real = JSON.parse(readFileSync(join(out, `${name}.vl.json`), "utf8"));
    const kernels: string[] = real.data.values.map(({ kernel }: { kernel: string }) => kernel);
    const emulated = JSON.parse(readFileSync(join(out, `${name}-emulated.vl.json`), "utf8"));
    assert.ok(
      !kernels.some((kernel) => kernel.includes("5.10")),
      `${name} mixes real and emulated times`,
    );
    assert.match(JSON.stringify(emulated.title), /emulated: times not comparable/);
  }
});

test("each control arm is a separate series", () => {
  const spec = JSON.parse(readFileSync(join(out, "iops.vl.json"), "utf8"));
  const series = new Set(spec.data.values.map((row: { series: string }) => row.series));
  assert.ok(series.has("dd-prefill") && series.has("dd-prefill (forced)"));
});

for (const scheme of ["light", "dark"] as const) {
  test(`the page works from disk, offline and silent, in ${scheme}`, {
    skip: noBrowser,
  }, async () => {
    browser ??= await launchBrowser();
    const { page, consoleMessages, requests } = await openReport(
      browser,
      join(out, "index.html"),
      scheme,
    );
    // Unfold a kernel's page: its charts are drawn only then.
    await page
      .locator("h2#kernels ~ details[data-fold]")
      .first()
      .evaluate((node) => node.setAttribute("open", ""));
    const unfolded = page.locator("details[open] [data-chart]");
    await unfolded.first().waitFor({ state: "attached" });
    for (const holder of await unfolded.all()) {
      await holder.scrollIntoViewIfNeeded();
      await holder.locator("svg.marks").first().waitFor();
    }
    const holders = await page.locator("[data-chart].drawn").all();
    assert.ok(holders.length >= 18, `${holders.length} charts`);
    for (const holder of holders) {
      const marks = await holder
        .locator("svg.marks .role-mark path, svg.marks .role-mark text")
        .count();
      assert.ok(marks > 5, `${await holder.getAttribute("data-chart")} has ${marks} marks`);
    }
    const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    assert.equal(background, scheme === "dark" ? "rgb(22, 25, 29)" : "rgb(255, 255, 255)");
    assert.equal(await page.title(), `Report of ${hostile}`);
    assert.deepEqual(consoleMessages, []);
    assert.equal(requests.length, 1, requests.join(" "));
    for (const width of [1280, 400]) {
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await sticksOut(page, width), []);
      assert.deepEqual(await squeezed(page), []);
      assert.deepEqual(await axeViolations(page), []);
    }
    const text = await page.locator("body").innerText();
    assert.ok(!text.includes("`"), "what is code is shown as code");
    await page.close();
  });
}

test("tooltips show the interval, and a click on the legend fades the others", {
  skip: noBrowser,
}, async () => {
  browser ??= await launchBrowser();
  const { page } = await openReport(browser, join(out, "index.html"), "light");
  const chart = page.locator('[data-chart="iops"]');
  await chart.scrollIntoViewIfNeeded();
  const point = chart.locator(".role-mark.layer_2_marks path, .mark-symbol.role-mark path").first();
  const box = await point.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const tooltip = page.locator("#vg-tooltip-element");
  await tooltip.waitFor({ state: "visible" });
  const words = await tooltip.innerText();
  for (const word of ["preparation", "IOPS", "interval from", "coverage", "trials"]) {
    assert.ok(words.includes(word), `no ${word} in ${words}`);
  }
  const entry = chart.locator(".role-legend-label text", { hasText: /^keep-size$/ });
  const target = await entry.boundingBox();
  assert.ok(target);
  await page.mouse.click(target.x + target.width / 2, target.y + target.height / 2);
  await page.waitForTimeout(300);
  const faded = await chart.locator('.mark-symbol.role-mark path[opacity="0.1"]').count();
  const all = await chart.locator(".mark-symbol.role-mark path").count();
  assert.ok(faded > 0 && faded < all, `${faded} of ${all} faded`);
  await page.close();
});
