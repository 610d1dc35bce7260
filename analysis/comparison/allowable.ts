import { UsageError } from "../../terminal/errors.js";

/** Differences that forbid a comparison unless the user allows them. */
export const ALLOWABLE = ["emulated", "block-size", "device", "ring"] as const;
export type Allowable = (typeof ALLOWABLE)[number];

/** "device,ring" -> both. */
export function parseAllowed(texts: readonly string[]): Set<Allowable> {
  return new Set(texts.flatMap((text) => text.split(",")).map(allowable));
}

function allowable(text: string): Allowable {
  const found = ALLOWABLE.find((known) => known === text);
  if (!found) {
    throw new UsageError(`--allow ${text}: not known`, `Choose from ${ALLOWABLE.join(", ")}.`);
  }
  return found;
}
