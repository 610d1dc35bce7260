import { writeFileSync } from "node:fs";
import { loadAtlas, packagedAtlas } from "../../results/atlas/files.js";
import { UsageError, UserError } from "../../terminal/errors.js";
import { visible } from "../../terminal/quote.js";
import { type AtlasIndex, answerOf, changesOf } from "./answers.js";
import { atlasIndex } from "./build-index.js";
import type { AtlasOptions, LookAtHost } from "./options.js";
import { printedAnswers, printedChanges, printedScenarios } from "./print.js";
import { findingsMarkdown } from "./print-findings.js";
import { type Asked, asked } from "./question.js";

/** `puntbench atlas`: answers from the packaged data. */
export async function main(
  question: readonly string[],
  options: AtlasOptions,
  thisHost: LookAtHost,
): Promise<void> {
  const index = openAtlas(options.from ?? packagedAtlas());
  if (options.page !== undefined) return writePage(index, options.page);
  if (options.scenarios) return print(options, index.scenarios, () => printedScenarios(index));
  if (options.markdown && !options.changes) {
    throw new UsageError(
      "--markdown goes with --changes",
      "Write: puntbench atlas --changes --markdown",
    );
  }
  if (options.changes) {
    const text = options.markdown ? findingsMarkdown : printedChanges;
    return print(options, changesJson(index), () => text(index));
  }
  const host = options.thisHost ? await thisHost(options.dir) : null;
  const found = asked(
    index,
    host ? [...question, ...host.place.split("-")] : question,
    options.kernel ?? host?.kernel ?? null,
  );
  for (const words of host?.differs ?? []) process.stderr.write(`note: ${visible(words)}\n`);
  print(options, answersJson(index, found), () => printedAnswers(index, found));
}

/** Names on stderr what could not be read; a UserError where there is nothing. */
function openAtlas(folder: string): AtlasIndex {
  const { files, passedOver } = loadAtlas(folder);
  for (const words of passedOver) process.stderr.write(`warning: ${visible(words)}\n`);
  if (files.length > 0) return atlasIndex(files);
  throw new UserError(`${visible(folder)} holds no atlas`, "Build one with: puntbench atlas build");
}

async function writePage(index: AtlasIndex, path: string): Promise<void> {
  const { atlasPage } = await import("./page.js");
  try {
    writeFileSync(path, atlasPage(index));
  } catch (error) {
    throw new UserError(
      `${visible(path)} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      "Name a file in a folder that exists and that you may write to.",
    );
  }
}

function print({ json }: AtlasOptions, object: unknown, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(object)}\n` : text());
}

function answersJson(index: AtlasIndex, { kernels, places, scenarios }: Asked) {
  return places.flatMap((place) =>
    scenarios.flatMap((scenario) =>
      kernels.map((kernel) => ({
        kernel: index.kernels[kernel]?.label,
        place: index.places[place]?.name,
        scenario: index.scenarios[scenario]?.name,
        ...answerOf(index, place, scenario, kernel),
      })),
    ),
  );
}

function changesJson(index: AtlasIndex) {
  return changesOf(index).map(({ place, scenario, from, to, better }) => ({
    place: index.places[place]?.name,
    scenario: index.scenarios[scenario]?.name,
    from: index.kernels[from]?.label,
    to: index.kernels[to]?.label,
    better,
  }));
}
