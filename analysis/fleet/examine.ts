import type { Header } from "../../results/schema.js";
import { groupBy } from "../cells/group-by.js";
import { ASPECTS, UNKNOWN } from "../comparison/environments.js";
import { diagnosisIn } from "./doctor.js";
import type { GroupKey } from "./group-key.js";
import type { Host } from "./hosts.js";

/** A host, and what its figures must be read with. */
export interface Examined {
  name: string;
  /** Groups that it has runs in. */
  groups: string[];
  /** Why its figures may be of something else. Such a host is left out of medians unless the user takes it in. */
  doubts: string[];
  /** What else was seen there; it explains figures and excludes none. */
  notes: string[];
  /** Whether somebody kept what `doctor` saw there. */
  diagnosed: boolean;
}

/** What must be equal within a group, since each of them changes times. Devices may differ: a fleet has several. */
const EQUAL_IN_GROUP = ["scheduler", "write cache", "governor", "CONFIG_HZ", "virtualisation"];
/** What one host has one of. Not its memory: each kernel keeps another part of it for itself. */
const ONE_IN_HOST = ["CPU", "virtualisation"];
const VARIES = ["memory"];
/** A smaller group has no usual value. */
const HOSTS_FOR_USUAL = 3;

/** Every host with its doubts. They follow from the headers, so nothing has been averaged yet. */
export function examine(hosts: readonly Host[], groupOf: GroupKey): Examined[] {
  const usual = usualValues(hosts, groupOf);
  return hosts.map((host) => {
    const diagnosed = diagnosisIn(host.folder);
    const unusual = differences(host, groupOf, usual);
    const equal = (what: string): boolean => EQUAL_IN_GROUP.includes(what);
    return {
      name: host.name,
      groups: [...new Set(host.headers.map(groupOf))].sort(),
      doubts: [
        ...mixed(host),
        ...host.headers.flatMap(instrumentDoubts),
        ...(diagnosed?.blockers ?? []).map((what) => `doctor: ${what}`),
        ...unusual.filter(({ what }) => equal(what)).map(({ words }) => words),
      ].filter(isFirst),
      notes: [
        ...unusual.filter(({ what }) => !equal(what)).map(({ words }) => words),
        ...(diagnosed?.warnings ?? []).map((what) => `doctor: ${what}`),
        ...host.headers.flatMap(({ warnings }) => warnings),
      ].filter(isFirst),
      diagnosed: diagnosed !== null,
    };
  });
}

function isFirst(text: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(text) === index;
}

/** Two machines under one name, or two kernels under one label. */
function mixed({ headers }: Host): string[] {
  const machines = ASPECTS.filter(([what]) => ONE_IN_HOST.includes(what)).flatMap(
    ([what, read]) => {
      const values = [...new Set(headers.map(read))];
      return values.length > 1 ? [`several machines: ${what} ${values.join(" and ")}`] : [];
    },
  );
  const labels = [...groupBy(headers, ({ kernelLabel }) => kernelLabel)].flatMap(
    ([label, same]) => {
      const releases = [...new Set(same.map(({ environment }) => environment.kernelRelease))];
      return releases.length > 1
        ? [`several kernels are named ${label}: ${releases.join(" and ")}`]
        : [];
    },
  );
  return [...machines, ...labels];
}

function instrumentDoubts({ instrumentChecks }: Header): string[] {
  const { nopPuntRatio = null, forcedPuntRatio = null } = instrumentChecks ?? {};
  return [
    ...(nopPuntRatio !== null && nopPuntRatio > 0 ? ["instrument: NOPs were seen to punt"] : []),
    ...(forcedPuntRatio !== null && forcedPuntRatio < 1
      ? ["instrument: not every forced NOP was seen to punt"]
      : []),
  ];
}

/** By group and aspect: what more than half of its hosts have. */
type Usual = Map<string, string>;

const usualKey = (group: string, what: string): string => JSON.stringify([group, what]);

function usualValues(hosts: readonly Host[], groupOf: GroupKey): Usual {
  const usual: Usual = new Map();
  const seen = hosts.flatMap((host) => [...groupBy(host.headers, groupOf)]);
  for (const [group, members] of groupBy(seen, ([name]) => name)) {
    if (members.length < HOSTS_FOR_USUAL) continue;
    for (const [what, read] of ASPECTS) {
      const values = members.flatMap(([, headers]) => known(headers, read).slice(0, 1));
      for (const [value, same] of groupBy(values, (found) => found)) {
        if (same.length > members.length / 2) usual.set(usualKey(group, what), value);
      }
    }
  }
  return usual;
}

function known(headers: readonly Header[], read: (header: Header) => string): string[] {
  return [...new Set(headers.map(read))].filter((value) => value !== UNKNOWN);
}

function differences(
  { headers }: Host,
  groupOf: GroupKey,
  usual: Usual,
): { what: string; words: string }[] {
  return [...groupBy(headers, groupOf)].flatMap(([group, own]) =>
    ASPECTS.flatMap(([what, read]) => {
      const expected = usual.get(usualKey(group, what));
      const other = known(own, read).filter((value) => value !== expected);
      if (expected === undefined || other.length === 0 || VARIES.includes(what)) return [];
      return [{ what, words: `${what} ${other.join(" and ")}; most of ${group} have ${expected}` }];
    }),
  );
}
