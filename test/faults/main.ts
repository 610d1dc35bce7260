import { join } from "node:path";
import { Command } from "commander";
import { EXIT, UsageError, UserError } from "../../terminal/errors.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { packageRoot } from "../../terminal/package-root.js";
import { stderrProgress } from "../../terminal/progress.js";
import { reportError } from "../../terminal/report-error.js";
import { parseDurationNs } from "../../terminal/units.js";
import { shuffled } from "./draw.js";
import { GROUPS } from "./groups/all.js";
import { type CaseResult, RunRecord } from "./record.js";
import type { Chosen } from "./run-case.js";
import { makeWork, runCases } from "./runner.js";
import { summarise, summaryTable } from "./summary.js";
import { cannotListPrograms } from "./unheld-programs.js";

interface Options {
  group?: string;
  case?: string;
  seed: string;
  budget?: string;
  date?: string;
  record: string;
  work?: string;
  fresh?: boolean;
  summary?: boolean;
  json?: boolean;
}

const NOTES = `
A run goes on where the last one with the same record and seed ended; cases that failed run again.
Exit codes: 0 no case failed, 1 a case failed, 2 usage, 4 a group of --group cannot run here, 130 interrupted.`;

function parsed(): Options {
  return new Command("npm run test:faults --")
    .description(
      "Makes real faults while puntbench runs, and checks seven promises after each of them.",
    )
    .option("--group <list>", "only these groups")
    .option("--case <name>", "only cases whose name holds this text")
    .option("--seed <text>", "decides the random moments", "1")
    .option("--budget <time>", "begins no case after this time, e.g. 3m")
    .option(
      "--date <day>",
      "draws cases by this word, in place of their order; without the slow groups",
    )
    .option("--record <file>", "results of each case", join(packageRoot(), "dist", "faults.jsonl"))
    .option(
      "--work <directory>",
      "of root, on a filesystem with O_DIRECT, for the cases (default: the temporary one)",
    )
    .option("--fresh", "empties the record first")
    .option("--summary", "runs nothing: prints what the record says")
    .option("--json", "prints one JSON object in place of the table")
    .addHelpText("after", NOTES)
    .parse()
    .opts<Options>();
}

function namedGroups(options: Options): string[] {
  const named = options.group?.split(",") ?? GROUPS.map(({ name }) => name);
  const unknown = named.find((name) => !GROUPS.some((group) => group.name === name));
  if (unknown !== undefined) {
    const known = GROUPS.map(({ name }) => name).join(", ");
    throw new UsageError(`--group ${unknown}: there is no such group`, `There are: ${known}.`);
  }
  return named;
}

function chosenCases(options: Options): Chosen[] {
  const named = namedGroups(options);
  const text = options.case ?? "";
  const chosen = GROUPS.filter(({ name }) => named.includes(name))
    .filter((group) => (group.cannotRun?.() ?? null) === null)
    .flatMap((group) => group.cases.map((fault) => ({ group, fault })))
    .filter(({ fault }) => fault.name.includes(text));
  if (options.date === undefined) return chosen;
  return shuffled(
    chosen.filter(({ group }) => !group.slow),
    options.date,
  );
}

/** The command that repeats one case. */
function repeating({ group, name, seed }: CaseResult): string {
  return `npm run test:faults -- --group ${group} --case '${name}' --seed '${seed}' --record /tmp/faults.jsonl --fresh`;
}

async function main(): Promise<number> {
  const options = parsed();
  if (process.getuid?.() !== 0) {
    throw new UserError("the fault suite makes faults that only root can make", "Run it as root.");
  }
  const record = new RunRecord(options.record, options.fresh === true);
  // What is drawn by date also has other moments each day.
  const seed = options.date ?? options.seed;
  if (options.summary !== true) await runChosen(options, record, seed);
  const results = record.results().filter((result) => result.seed === seed);
  const summaries = summarise(GROUPS, results);
  const failed = results.filter(({ failures }) => failures.length > 0);
  const printed = { seed, groups: summaries, failed };
  process.stdout.write(
    options.json ? `${JSON.stringify(printed)}\n` : `${summaryTable(summaries)}\n`,
  );
  if (failed.length > 0) return EXIT.failure;
  const named = options.group === undefined ? [] : namedGroups(options);
  // Who asked for a group, and got none of its cases, must not read success.
  const missing = summaries.some(({ group, cannotRun }) => named.includes(group) && cannotRun);
  return missing ? EXIT.notEnoughData : EXIT.ok;
}

async function runChosen(options: Options, record: RunRecord, seed: string): Promise<void> {
  const budgetMs =
    options.budget === undefined ? Infinity : parseDurationNs(options.budget, "--budget") / 1e6;
  const interrupt = new Interrupt("Run the same command again: it goes on where it ended.");
  const progress = stderrProgress();
  const work = makeWork(options.work);
  const blind = cannotListPrograms();
  if (blind !== null) progress.milestone(`warning: BPF programs are not looked for: ${blind}`);
  const open = chosenCases(options).filter(
    ({ group, fault }) => !record.hasPassed(group.name, fault.name, seed),
  );
  let done = 0;
  const show = (result: CaseResult) => {
    done += 1;
    progress.step(`${done}/${open.length}  ${result.group}: ${result.name}`);
    if (result.failures.length === 0) return;
    const lines = result.failures.map(({ check, what }) => `  ${check}: ${what}`);
    progress.milestone(
      [`FAILED ${result.group}: ${result.name}`, ...lines, `  again: ${repeating(result)}`].join(
        "\n",
      ),
    );
  };
  try {
    const endsAtMs = Date.now() + budgetMs;
    await runCases(open, {
      record,
      seed,
      work: work.path,
      endsAtMs,
      show,
      signal: interrupt.signal,
    });
    interrupt.signal.throwIfAborted();
  } finally {
    progress.done();
    work.remove();
    interrupt.dispose();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.exitCode = reportError("test:faults", error);
}
