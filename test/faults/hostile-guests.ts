import { STATUS_PREFIX } from "../../bench/environment/lab-guest.js";
import { fixtureLines } from "../analysis/fixture.js";

/** What a guest sends on each of its channels, as a script of sh that qemu's place is given to. */
export interface HostileGuest {
  name: string;
  script: string;
}

const [CONSOLE, STATUS, LOG, OUTPUT] = [3, 4, 5, 6];
const ESCAPES = "\\033[31m\\033]0;owned\\007\\r\\b";
const RUN = [...fixtureLines({ kernelLabel: "6.1", rounds: 1, writes: 16, queueDepths: [4] })]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");

const status = (line: string) => `printf '${STATUS_PREFIX}${line}\\n' >&${STATUS}`;
const started = status("step start 0.1");
const finished = [status("exit 0 0"), status("done")].join("\n");
/** Files as the guest's init sends them; `content` holds no quote. */
const send = (path: string, content: string) =>
  `printf '%s' './${path} ${Buffer.byteLength(content)}\n${content.replaceAll("'", "")}' >&${OUTPUT}`;
const end = `printf 'end\\n' >&${OUTPUT}`;
const whole = (...parts: readonly string[]) => [started, ...parts, finished, end].join("\n");
const floods = (fd: number, text: string) =>
  `{ yes '${text}' | head -c 300000000 >&${fd}; } 2>/dev/null`;
const results = (path: string, content = RUN) => whole(send(path, content));

const SCRIPTS: Readonly<Record<string, string>> = {
  "ends at once": "exit 0",
  "ends with a signal": "kill -SEGV $$",
  "300 MB on the console": floods(CONSOLE, "a line of a kernel"),
  "300 MB of log": whole(floods(LOG, "a line")),
  "300 MB of status": floods(STATUS, `${STATUS_PREFIX}alive`),
  "300 MB of output": whole(floods(OUTPUT, "x")),
  "a line without end": whole(`head -c 50000000 /dev/zero | tr '\\0' x >&${LOG}`),
  "escape sequences in a panic": `${started}\nprintf 'Kernel panic - not syncing: ${ESCAPES}\\n' >&${CONSOLE}\nexit 0`,
  "escape sequences in the log": whole(`printf 'error ${ESCAPES}\\n' >&${LOG}`),
  "escape sequences in a failure": `${started}\n${status(`fail ${ESCAPES}`)}`,
  "escape sequences on standard error of qemu": `printf '${ESCAPES}\\n' >&2; exit 1`,
  "a results file above --out": results("results/../../owned.jsonl"),
  "an absolute results file": results("/tmp/puntbench-owned.jsonl"),
  "a results file with the name of a folder": results("results/6.1/.jsonl"),
  "a hundred thousand files": whole(
    `i=0; while [ $i -lt 100000 ]; do printf './results/6.1/r%s.jsonl 0\\n' $i; i=$((i+1)); done >&${OUTPUT}`,
  ),
  "a size of a petabyte": whole(`printf './results/6.1/r.jsonl 999999999999999\\nx' >&${OUTPUT}`),
  "results that are no results": results("results/6.1/r.jsonl", "{}\n[1]\n"),
  "results that are cut": results("results/6.1/r.jsonl", RUN.slice(0, RUN.length / 2)),
  "no end of the output": [started, send("results/6.1/r.jsonl", RUN), finished].join("\n"),
  "exit codes that are none": [
    started,
    status("exit 0 999"),
    status("exit 77 1"),
    status("done"),
    end,
  ].join("\n"),
};

export const HOSTILE_GUESTS: readonly HostileGuest[] = Object.entries(SCRIPTS).map(
  ([name, script]) => ({ name, script }),
);
