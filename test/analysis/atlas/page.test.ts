import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { atlasIndex } from "../../../analysis/atlas/build-index.js";
import { atlasPage } from "../../../analysis/atlas/page.js";
import { loadAtlas, packagedAtlas } from "../../../results/atlas/files.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { scratchFolder } from "../../support/kernel.js";
import { axeViolations, launchBrowser, noBrowser } from "../browser.js";
import { atlasFile, cell } from "./fixture-atlas.js";

const file = join(scratchFolder(), "atlas.html");
let browser: Browser;

before(async () => {
  const files = [
    atlasFile("6.1", "ext4", [
      cell("fallocate-0", 256, "unwritten"),
      cell("append", 256, "extends-size"),
    ]),
    atlasFile("7.3", "ext4", [cell("fallocate-0", 0), cell("append", 40, "timestamp")]),
    atlasFile("7.3", "xfs", [
      cell("append", 256, "hole", {
        causes: [{ cause: "hole", punts: 256, evidence: "</script><b>", curedBy: null }],
      }),
    ]),
  ];
  writeFileSync(file, atlasPage(atlasIndex(files)));
  if (noBrowser === false) browser = await launchBrowser();
});
after(() => browser?.close());

async function open(
  address: string,
  options: { javaScriptEnabled?: boolean; width?: number } = {},
): Promise<{ page: Page; said: string[] }> {
  const { width = 1280, javaScriptEnabled = true } = options;
  const context = await browser.newContext({
    offline: true,
    javaScriptEnabled,
    viewport: { width, height: 900 },
  });
  const page = await context.newPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => request.url().startsWith("file:") || said.push(request.url()));
  await page.goto(pathToFileURL(file).href + address);
  if (javaScriptEnabled) await page.waitForSelector('html[data-atlas="ready"]');
  return { page, said };
}

test("the address holds the question, and a new choice changes the address", {
  skip: noBrowser,
}, async () => {
  const { page, said } = await open("#6.1/ext4/fallocate-0");
  assert.match(
    await page.innerText("#answer"),
    /^Every request punts, because the blocks are unwritten extents\./,
  );
  assert.match(await page.innerText("#answer"), /so up to 6\.1; 7\.3 differs/);
  await page.selectOption("#kernel", "7.3");
  assert.match(await page.innerText("#answer"), /^No request punts\./);
  assert.equal(new URL(page.url()).hash, "#7.3/ext4/fallocate-0");
  assert.deepEqual(said, []);
});

test("a cell of the map asks its question, with the keyboard too", {
  skip: noBrowser,
}, async () => {
  const { page } = await open("");
  await page.focus('td a[href="#7.3/ext4/append"]');
  await page.keyboard.press("Enter");
  await page.waitForFunction(() =>
    document.querySelector("#answer")?.textContent?.includes("clock tick"),
  );
});

test("text from the data is text: it cannot end a script", { skip: noBrowser }, async () => {
  const { page, said } = await open("#7.3/xfs/append");
  assert.match(await page.innerText("#answer"), /hole: <\/script><b>/);
  assert.deepEqual(said, []);
});

test("a search leaves the rows that hold all its words", { skip: noBrowser }, async () => {
  const { page } = await open("");
  await page.fill("#search", "append o_dsync");
  const rows = await page.locator("section.place tbody tr:visible th").allInnerTexts();
  assert.deepEqual([...new Set(rows)], ["append-o_dsync", "buffered-append-o_dsync"]);
});

test("without JavaScript the map is a plain table, and says so", { skip: noBrowser }, async () => {
  const { page } = await open("", { javaScriptEnabled: false });
  assert.equal(await page.locator("#question").isVisible(), false);
  assert.match(await page.innerText("main"), /Without JavaScript/);
  assert.equal(await page.locator("section.place table").count(), 2);
});

for (const width of [400, 1280]) {
  test(`at ${width} px nothing sticks out, and axe finds no fault`, {
    skip: noBrowser,
  }, async () => {
    const { page } = await open("", { width });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    assert.deepEqual(await axeViolations(page), []);
  });
}

test("the page in results/atlas is what its data and this code make, and is below 2 MB", () => {
  const { files, passedOver } = loadAtlas(packagedAtlas());
  assert.deepEqual(passedOver, []);
  assert.ok(files.length > 0);
  const page = readFileSync(join(packageRoot(), "results", "atlas", "index.html"), "utf8");
  const remedy = "run: puntbench atlas --page results/atlas/index.html";
  assert.ok(page === atlasPage(atlasIndex(files)), remedy);
  assert.ok(Buffer.byteLength(page) <= 2e6);
});
