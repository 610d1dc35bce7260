import { stripVTControlCharacters } from "node:util";

/** Control characters but line feed and tab, and characters that turn the direction of writing. */
const HARMFUL = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text from outside (a guest, a file, a name), without what would act on the terminal: escape sequences and control
 * characters are dropped. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(HARMFUL, "");
}
