/**
 * Text of unknown origin (labels, file names, what a guest printed), made safe for the place where it is shown.
 * Each target has one function here, and no other module quotes.
 */

/** Control characters, and those that change the direction or the lines of text (Unicode Bidi_Control, U+2028/9). */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

export function hasUnseen(text: string): boolean {
  return text.search(UNSEEN) >= 0;
}

/** For a terminal or a line of a file: "a\x1b[31m". What cannot be seen is shown as an escape. */
export function visible(text: string): string {
  return text.replace(UNSEEN, escapeOf);
}

/** One line of JSON. What cannot be seen is escaped, also what JSON itself allows: a terminal may act on it. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The same for text of several lines. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

/**
 * Control sequences, control strings and other escape sequences of ECMA-48. No part of a match can be read in two ways,
 * and none goes beyond the next ESC, so that the time is linear. util.stripVTControlCharacters of Node 20 needs a
 * minute for 80 kB of ";?".
 */
const ESCAPE_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ESC, CSI and BEL are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[\]PX^_][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]?/gu;

/**
 * For a terminal, text of several lines that a guest printed: escape sequences and what cannot be seen are dropped,
 * since a log that is full of them must stay readable. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text
    .replace(ESCAPE_SEQUENCES, "")
    .replace(UNSEEN, (character) => (character === "\n" || character === "\t" ? character : ""));
}

/** A copy of a JSON value whose texts, at any depth, are `visible`. */
export function visibleDeep<Value>(value: Value): Value {
  const copied = (part: unknown): unknown => {
    if (typeof part === "string") return visible(part);
    if (Array.isArray(part)) return part.map(copied);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([name, member]) => [visible(name), copied(member)]),
    );
  };
  return copied(value) as Value;
}

function escapeOf(character: string): string {
  const known: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return known[character] ?? (code < 256 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex}`);
}

/** One word of a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Text in HTML, also in an attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Text in Markdown: no label may become markup, a link or a new column. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/([\\`*[\]|~])/g, "\\$1")
    .replaceAll(/(^|\W)_|_(\W|$)/g, (found) => found.replace("_", "\\_"))
    .replaceAll(/\s+/g, " ");
}

/**
 * A field of CSV (RFC 4180); null is an empty one. Spreadsheets take text that begins with = + - @ for a formula, so
 * it gets a leading apostrophe. Numbers stay numbers.
 */
export function csvField(value: string | number | boolean | null): string {
  if (value === null) return "";
  const text =
    typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
