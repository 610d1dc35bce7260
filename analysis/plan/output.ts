import { type Column, numberColumns, renderTable, textColumns } from "../../terminal/table.js";
import { formatNs, formatRate } from "../../terminal/units.js";
import { joined } from "../../terminal/words.js";
import { groupBy } from "../cells/group-by.js";
import { placesWords } from "../cells/kernel-ranges.js";
import { type Subject, subjectName } from "../cells/subject.js";
import { BOOTS_MIN } from "../estimates/change.js";
import { intervalWords } from "../estimates/format.js";
import type { PrefillBreakEven } from "../estimates/prefill.js";
import type { Capacity } from "./capacity.js";
import { type CoreSaving, isTold, type Plan } from "./plan.js";

export const PLAN_ASSUMPTIONS: readonly string[] = [
  "only measured points count: nothing is interpolated between depths or extrapolated beyond them",
  "devices and hosts are like the measured one, and the load spreads evenly over them",
  "CPU per write at the wanted load is that of the measured point that carries it",
  "every write is the first one to its block: a block that was written before costs what dd-prefill costs",
  "cores are submitter, io-wq and kernel workers; the rest of the system is shown beside, since other programs are in it",
];

/** `coresCost` is money per core, in whatever currency and period the user thinks in. */
export function planText(plan: Plan, coresCost: number | null): string {
  const subjects = subjectsOf(plan);
  const { demand } = plan;
  const lines = [
    `Wanted: ${formatRate(demand.iops)} writes/s with p99 within ${formatNs(demand.latencyNsP99)} (${plan.workload})`,
    "",
    renderTable(capacityColumns(plan, coresCost), capacityRows(plan, subjects, coresCost)),
    "",
  ];
  lines.push(...remarkLines(plan, subjects));
  lines.push("", ...savingLines(plan, subjects, coresCost));
  lines.push("", ...breakEvenLines(plan, subjects), "Assumptions:");
  lines.push(...PLAN_ASSUMPTIONS.map((text) => `  - ${text}`));
  if (plan.leftOut.length > 0) {
    const names = plan.leftOut.map((subject) => subjectName(subject, [...subjects, subject]));
    lines.push(`Left out, since emulated times mean nothing: ${names.join(", ")}`);
  }
  return lines.join("\n").replaceAll(/\n{3,}/g, "\n\n");
}

export function subjectsOf(plan: Plan): Subject[] {
  return [...new Set(plan.capacities.map((capacity) => capacity.subject))];
}

/** A remark that applies to several capacities stands once. */
export function remarkLines(plan: Plan, subjects: readonly Subject[]): string[] {
  const remarks = plan.capacities.flatMap((capacity) =>
    capacity.remarks.map((remark) => ({ remark, capacity })),
  );
  return [...groupBy(remarks, ({ remark }) => remark)].map(([remark, found]) => {
    const about = found.map(({ capacity }) => capacity);
    return `${remark} (${capacityNames(about, plan, subjects)})`;
  });
}

/** More names than this are put together. */
const NAMES_MAX = 6;

/** "6.1 keep-size, 6.12 keep-size"; of many, the preparations that have the same kernels together: "keep-size up to 6.12". */
function capacityNames(
  some: readonly Capacity[],
  { capacities }: Plan,
  subjects: readonly Subject[],
): string {
  if (some.length === capacities.length) return "all of them";
  if (some.length <= NAMES_MAX) {
    return some
      .map(({ subject, preparation }) => `${subjectName(subject, subjects)} ${preparation}`)
      .join(", ");
  }
  const places = [...groupBy(some, ({ preparation }) => preparation)].map(([preparation, own]) => {
    const where = own.map(({ subject }) => subject);
    return { preparation, where: placesWords(where, subjects) };
  });
  return [...groupBy(places, ({ where }) => where)]
    .map(([where, alike]) => `${joined(alike.map(({ preparation }) => preparation))} ${where}`)
    .join("; ");
}

export function capacityRows(
  plan: Plan,
  subjects: readonly Subject[],
  coresCost: number | null,
): string[][] {
  return plan.capacities.map(({ subject, preparation, best, devices, cores }) => [
    subjectName(subject, subjects),
    preparation,
    best ? formatRate(best.iops.point) : "none",
    best ? pointName(best.queueDepth, best.intervalNs) : "",
    best ? formatNs(best.latencyNsP99.point) : "",
    devices === null ? "" : String(devices),
    number(cores?.submitter),
    number(cores?.ioWq),
    number(cores?.kernelWorkers),
    number(cores?.rest),
    cores?.total
      ? `${number(cores.total.point)} (${number(cores.total.lower)} to ${number(cores.total.upper)})`
      : "",
    ...(coresCost === null ? [] : [cores?.total ? (cores.total.point * coresCost).toFixed(0) : ""]),
  ]);
}

export function capacityColumns({ cpu, capacities }: Plan, coresCost: number | null): Column[] {
  const words = intervalWords(capacities.flatMap(({ best }) => best?.iops ?? []));
  return [
    ...textColumns("kernel", "preparation"),
    ...numberColumns(
      "highest load",
      "at",
      "p99, median of trials",
      "devices",
      "cores: submitter",
      "io-wq",
    ),
    ...numberColumns(
      "kernel workers",
      "rest of system",
      `${cpu === "cpuNs" ? "all but the rest" : "submitter + io-wq"} (${words})`,
    ),
    ...numberColumns(...(coresCost === null ? [] : ["cost"])),
  ];
}

function pointName(queueDepth: number, intervalNs: number): string {
  return intervalNs > 0 ? `every ${formatNs(intervalNs)}` : `depth ${queueDepth}`;
}

function number(value: number | null | undefined): string {
  return value === null || value === undefined ? "?" : value.toFixed(value >= 10 ? 1 : 2);
}

/** Only those whose interval is clear of 0; and which kernels lack boots for a verdict. */
export function savingLines(
  plan: Plan,
  subjects: readonly Subject[],
  coresCost: number | null,
): string[] {
  const told = plan.savings
    .filter((saving) => isTold(saving) && (saving.lower > 0 || saving.upper < 0))
    .map((saving) => savingSentence(saving, subjects, coresCost));
  return [...told, ...untoldLines(plan, subjects)];
}

function untoldLines({ savings, unit }: Plan, subjects: readonly Subject[]): string[] {
  const pairs = savings
    .filter((saving) => !isTold(saving))
    .map(({ from, to }) => [from.subject, to.subject] as const);
  if (pairs.length === 0) return [];
  const several = new Set(subjects.map(({ filesystem }) => filesystem)).size > 1;
  const upgrades = groupBy(pairs, ([from, to]) => `${from.kernelLabel} to ${to.kernelLabel}`);
  const names = [...upgrades].map(([upgrade, own]) => {
    const filesystems = new Set(own.map(([{ filesystem }]) => filesystem));
    return several ? `${upgrade} on ${joined([...filesystems])}` : upgrade;
  });
  const kernels = new Set(pairs.flat().map(({ kernelLabel }) => kernelLabel));
  return [
    `Not enough data for what an upgrade saves (${names.join("; ")}): a side has fewer than ${BOOTS_MIN} ${unit}s.`,
    unit === "host"
      ? `  Measure more hosts: each side needs ${BOOTS_MIN} at least.`
      : `  Run: puntbench lab --kernels ${[...kernels].join(",")} --boots ${BOOTS_MIN}; or reboot and run the same bench again, until each kernel has ${BOOTS_MIN} boots.`,
  ];
}

function savingSentence(
  { kind, from, to, cores, lower, upper }: CoreSaving,
  subjects: readonly Subject[],
  coresCost: number | null,
): string {
  const what =
    kind === "kernel"
      ? `${from.preparation}: from ${subjectName(from.subject, subjects)} to ${subjectName(to.subject, subjects)}`
      : `${subjectName(from.subject, subjects)}: from ${from.preparation} to ${to.preparation}`;
  const verb = cores >= 0 ? "saves" : "costs";
  const [low, high] = cores >= 0 ? [lower, upper] : [-upper, -lower];
  const money = coresCost === null ? "" : `, worth ${(Math.abs(cores) * coresCost).toFixed(0)}`;
  return `${what} ${verb} ${number(Math.abs(cores))} cores (${number(low)} to ${number(high)})${money}`;
}

/** At one depth, which is enough for people; `--json` has all. */
export function breakEvenLines(plan: Plan, subjects: readonly Subject[]): string[] {
  return plan.breakEvens.flatMap(({ subject, evens }) =>
    atMiddleDepth(evens).map(
      (even) => `${subjectName(subject, subjects)}: ${breakEvenSentence(even)}`,
    ),
  );
}

function atMiddleDepth(evens: readonly PrefillBreakEven[]): PrefillBreakEven[] {
  const depths = [...new Set(evens.map((even) => even.queueDepth))].sort((a, b) => a - b);
  const middle = depths[Math.floor((depths.length - 1) / 2)];
  return evens.filter((even) => even.queueDepth === middle);
}

function breakEvenSentence(even: PrefillBreakEven): string {
  const { preparation, queueDepth, writesPerGib, shareOfFile } = even;
  const takes = `${formatNs(even.prefillNsPerGib.point)} a GiB against ${formatNs(even.otherNsPerGib.point)}`;
  const verdict =
    writesPerGib === null || shareOfFile === null
      ? "does not pay for itself within one pass over the file"
      : `has paid for itself after ${formatRate(writesPerGib)} writes to each GiB (${(shareOfFile * 100).toFixed(0)} % of the file)`;
  return `a prefill (${takes}) instead of ${preparation}, depth ${queueDepth}, ${verdict}`;
}
