import type { Header } from "../../results/schema.js";
import { UsageError } from "../../terminal/errors.js";
import { groupBy } from "../cells/group-by.js";
import type { GroupKey } from "./group-key.js";
import type { Host } from "./hosts.js";

export const CANARIES = "canaries";
/** Sorts before the canaries, as the older of two kernels does: a plan says what it saves to go from one to the other. */
export const REST = "all others";
const NAMED_MAX = 10;

/**
 * Tells canaries from the rest: the hosts of a list ("web1,web2"), or all runs of one group ("7.2"). Throws UsageError
 * for a name that is neither.
 */
export function canaryLabels(
  text: string,
  hosts: readonly Host[],
  groupOf: GroupKey,
): (header: Header, host: string | null) => string {
  const groups = new Set(hosts.flatMap(({ headers }) => headers.map(groupOf)));
  if (groups.has(text)) return (header) => (groupOf(header) === text ? CANARIES : REST);
  const wanted = new Set(text.split(",").map((name) => name.trim()));
  const known = new Set(hosts.map(({ name }) => name));
  const unknown = [...wanted].filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `--canaries ${unknown.join(",")}: neither a host nor a group`,
      `Groups: ${[...groups].sort().join(", ")}. Hosts: ${listed([...known])}.`,
    );
  }
  return (_, host) => (host !== null && wanted.has(host) ? CANARIES : REST);
}

/** The two groups of `--compare`. Throws UsageError for one that is not there. */
export function comparedGroups(
  labels: readonly string[],
  hosts: readonly Host[],
  groupOf: GroupKey,
): [string, string] {
  const known = [
    ...groupBy(
      hosts.flatMap(({ headers }) => headers),
      groupOf,
    ).keys(),
  ].sort();
  const [a, b, ...more] = labels;
  if (a === undefined || b === undefined || more.length > 0) {
    throw new UsageError("--compare takes two groups", `Groups: ${known.join(", ")}.`);
  }
  for (const label of [a, b]) {
    if (known.includes(label)) continue;
    throw new UsageError(`--compare ${label}: no such group`, `Groups: ${known.join(", ")}.`);
  }
  return [a, b];
}

function listed(names: readonly string[]): string {
  const more = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : "";
  return `${names.slice(0, NAMED_MAX).join(", ")}${more}`;
}
