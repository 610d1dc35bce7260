import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { packageRoot } from "../../../terminal/package-root.js";
import { puntbench } from "../../support/puntbench.js";
import { launchBrowser, noBrowser } from "../browser.js";

/** Kernel, place and scenario of the packaged atlas: one that punts, one that does not, ticks, a gap, all kinds of requests. */
const QUESTIONS = [
  "6.1 ext4 fallocate-0",
  "6.12 ext4 fallocate-0",
  "6.1 ext4 append",
  "7.3 ext4 overwrite-pace-10ms",
  "6.12 xfs keep-size",
  "7.3 xfs append",
  "5.10 xfs dd-prefill",
  "6.12 btrfs fallocate-0",
  "6.18 ext4 fsync",
  "5.10 ext4 uncached-overwrite",
];

let browser: Browser;
before(async () => {
  if (noBrowser === false) browser = await launchBrowser();
});
after(() => browser?.close());

/** What the terminal says, line by line, without its titles. */
async function terminalLines(question: string): Promise<string[]> {
  const { code, stdout, stderr } = await puntbench(["atlas", ...question.split(" ")]);
  assert.equal(code, 0, stderr);
  return stdout
    .split("\n")
    .slice(2)
    .map((line) =>
      line.trim().replace(/^(Cure|Seen|Returned|Decided in|Measured on|Cost|Repeat it): +/, ""),
    )
    .filter((line) => line !== "" && !line.startsWith("not in the atlas"));
}

for (const question of QUESTIONS) {
  test(`page and terminal answer alike: ${question}`, { skip: noBrowser }, async () => {
    const page = await (await browser.newContext({ offline: true })).newPage();
    const file = join(packageRoot(), "results", "atlas", "index.html");
    await page.goto(`${pathToFileURL(file).href}#${question.replaceAll(" ", "/")}`);
    await page.waitForSelector('html[data-atlas="ready"]');
    const answer = (await page.innerText("#answer")).replaceAll(/\s+/g, " ");
    const lines = await terminalLines(question);
    assert.ok(lines.length >= 3, lines.join("\n"));
    // On the page a sentence of other kernels has no full stop.
    for (const line of lines) {
      const said = line.replaceAll(/\s+/g, " ").replace(/\.$/, "");
      assert.ok(answer.includes(said), `"${said}" is not in: ${answer}`);
    }
    await page.context().close();
  });
}
