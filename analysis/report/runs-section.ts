import { textColumns } from "../../terminal/table.js";
import type { Run } from "../cells/run.js";
import type { Analysis } from "../loading/analysis.js";
import { type Block, fold, type Section, table, text } from "./model.js";
import { provenance } from "./provenance.js";

/** With more runs than this a fold for each would be longer than the report. */
export const MANY_RUNS = 20;

/** Where every run comes from, so that a reader can judge it and repeat it. */
export function runsSection({ runs }: Analysis): Section {
  const each = "Each run is one results file: one machine, one boot, one configuration.";
  const blocks = runs.length > MANY_RUNS ? runsTogether(runs) : runs.map(runFold);
  return { id: "runs", title: "Runs", blocks: [text(each), ...blocks] };
}

function runFold(run: Run): Block {
  return fold(runTitle(run), table(textColumns("what", "value"), provenance(run)));
}

/** What all runs have in common once, and the rest in one table with a row for each run. */
function runsTogether(runs: readonly Run[]): Block[] {
  const told = runs.map((run) => new Map([...provenance(run), ["started", startWords(run)]]));
  // The file stands first: its folder names the host.
  const names = [...new Set(told.flatMap((one) => [...one.keys()]))];
  const isCommon = (name: string) => new Set(told.map((one) => one.get(name))).size === 1;
  const common = names.filter(isCommon);
  const differing = names.filter((name) => !isCommon(name));
  const inAll = common.map((name) => [name, told[0]?.get(name) ?? ""]);
  const rows = told.map((one) => differing.map((name) => one.get(name) ?? ""));
  return [
    fold(`The same in all ${runs.length} runs`, table(textColumns("what", "value"), inAll)),
    fold(
      `All ${runs.length} runs, and in what they differ`,
      table(textColumns(...differing), rows),
    ),
  ];
}

function startWords({ header, complete }: Run): string {
  return `${header.startedAt}${complete ? "" : " (incomplete)"}`;
}

function runTitle(run: Run): string {
  const { kernelLabel, environment } = run.header;
  const { filesystem, device } = environment;
  const place =
    filesystem === null
      ? "watched programs"
      : `${filesystem.type} on ${device?.name ?? "an unknown device"}`;
  return `${kernelLabel}: ${place}, ${startWords(run)}`;
}
