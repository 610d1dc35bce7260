import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** false when there is no browser to test with, else no reason to skip. */
export const noBrowser: string | false = existsSync(CHROMIUM)
  ? false
  : `${CHROMIUM} is missing; apt-get install chromium`;

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface OpenedReport {
  page: Page;
  /** Everything the page said or asked for; both stay as they should while it is used. */
  consoleMessages: string[];
  requests: string[];
}

/** Opens a page from disk with the network off and waits until every chart is drawn. */
export async function openReport(
  browser: Browser,
  file: string,
  colorScheme: "light" | "dark",
): Promise<OpenedReport> {
  const context = await browser.newContext({
    offline: true,
    colorScheme,
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  const consoleMessages: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => consoleMessages.push(message.text()));
  page.on("pageerror", (error) => consoleMessages.push(String(error)));
  page.on("dialog", (dialog) => consoleMessages.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('html[data-charts="drawn"]', { timeout: 60_000 });
  return { page, consoleMessages, requests };
}

/** What axe finds wrong for people who use a keyboard or a screen reader: one line a rule. */
export async function axeViolations(page: Page): Promise<string[]> {
  const source = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  await page.evaluate(readFileSync(source, "utf8"));
  const found = (await page.evaluate("axe.run()")) as {
    violations: { id: string; nodes: { target: string[] }[] }[];
  };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target}`);
}

/** What is wider than the window and makes the whole page scroll sideways: tags, classes and the first words. */
export async function sticksOut(page: Page, width: number): Promise<string[]> {
  return page.evaluate((most) => {
    if (document.documentElement.scrollWidth <= most) return [];
    const all = [...document.querySelectorAll("body *")];
    const scrolls = (node: Element) => node.parentElement?.closest(".scroll, figure, pre, svg");
    return all
      .filter((node) => node.getBoundingClientRect().right > most + 0.5 && !scrolls(node))
      .map((node) => `${node.tagName} ${node.className} ${node.textContent?.slice(0, 40)}`);
  }, width);
}

/** Cells of tables whose words stand letter below letter, because their column is too narrow. */
export async function squeezed(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("td:not(.number)")]
      .filter(({ textContent }) => (textContent?.length ?? 0) > 6)
      .filter((cell) => cell.getClientRects().length > 0 && cell.clientWidth < 60)
      .map((cell) => `${cell.clientWidth} px: ${cell.textContent?.slice(0, 40)}`),
  );
}
