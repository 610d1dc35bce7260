import { UsageError } from "../../terminal/errors.js";
import { visible } from "../../terminal/quote.js";
import type { AtlasIndex } from "./answers.js";

/** The rows and columns of the atlas that a question is about. */
export interface Asked {
  kernels: number[];
  places: number[];
  scenarios: number[];
}

/**
 * Words of a question: a kernel (6.12), a place (xfs, lazytime, luks) and what a program does, as a name (append-depth-8) or as
 * words that all stand in its name or description. What is not named is not narrowed. Throws a UsageError where nothing fits.
 */
export function asked(index: AtlasIndex, words: readonly string[], kernel: string | null): Asked {
  const rest = words.flatMap((word) => word.toLowerCase().split(/\s+/)).filter(Boolean);
  const named = [...(kernel === null ? [] : [kernel]), ...rest.filter(isKernel)];
  const places = placesOf(index, rest);
  const doing = rest.filter((word) => !isKernel(word) && !places.words.has(word));
  return {
    kernels: kernelsOf(index, named),
    places: places.found,
    scenarios: scenariosOf(index, doing),
  };
}

function isKernel(word: string): boolean {
  return /^\d+\.\d+(\.\d+)?([-+].*)?$/.test(word);
}

function kernelsOf({ kernels }: AtlasIndex, named: readonly string[]): number[] {
  if (named.length === 0) return kernels.map((_, at) => at);
  return named.map((word) => {
    const exact = kernels.findIndex(({ label }) => label === word);
    if (exact >= 0) return exact;
    const series = /^\d+\.\d+/.exec(word)?.[0];
    const found = kernels.findIndex(({ label }) => label === series);
    if (found >= 0) return found;
    throw new UsageError(
      `the atlas has no kernel ${visible(word)}`,
      `It has ${kernels.map(({ label }) => label).join(", ")}. \`puntbench lab --kernels\` measures others.`,
    );
  });
}

/** "xfs" names the place xfs; "lazytime" the one place whose name holds it; "ext4 lazytime" is ext4-lazytime. */
function placesOf({ places }: AtlasIndex, rest: readonly string[]) {
  const parts = new Set(places.flatMap(({ name }) => [name, ...name.split("-")]));
  const words = new Set(rest.filter((word) => parts.has(word)));
  if (words.size === 0) return { words, found: places.map((_, at) => at) };
  const fits = places.map(({ name }) =>
    [...words].every((word) => name === word || name.split("-").includes(word)),
  );
  const exact = places.findIndex(({ name }) => name === [...words].join("-"));
  const found = exact >= 0 ? [exact] : places.flatMap((_, at) => (fits[at] ? [at] : []));
  if (found.length > 0) return { words, found };
  throw new UsageError(
    `the atlas has no place ${visible([...words].join(" "))}`,
    `It has ${places.map(({ name }) => name).join(", ")}.`,
  );
}

function scenariosOf({ scenarios }: AtlasIndex, doing: readonly string[]): number[] {
  if (doing.length === 0) return scenarios.map((_, at) => at);
  const exact = scenarios.findIndex(({ name }) => name === doing.join("-"));
  if (exact >= 0) return [exact];
  const found = scenarios.flatMap(({ name, words }, at) => {
    const text = `${name} ${words}`.toLowerCase();
    return doing.every((word) => text.includes(word)) ? [at] : [];
  });
  if (found.length > 0) return found;
  throw new UsageError(
    `the atlas knows nothing of "${visible(doing.join(" "))}"`,
    "`puntbench atlas --scenarios` lists what it knows.",
  );
}
