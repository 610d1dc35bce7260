import { setTimeout as sleep } from "node:timers/promises";
import { loadDriver } from "../../native/index.js";
import { openRecorder, type RecordedPath, type Recorder } from "../../native/recording.js";
import type { RecordedCause } from "../../results/recording/schema.js";
import { Interrupt } from "../../terminal/interrupt.js";
import { stderrProgress } from "../../terminal/progress.js";
import { formatBytes } from "../../terminal/units.js";
import { type CauseFinder, openCauseFinder } from "../watch/causes.js";
import { SelectedProcesses } from "../watch/processes.js";
import { hasRing } from "./descriptors.js";
import { Files } from "./files.js";
import { parseRecordOptions, type RawRecordOptions, type RecordOptions } from "./options.js";
import { printSummary } from "./print-recording.js";
import { RingsAndThreads } from "./processes.js";
import { RecordingFile } from "./recording-file.js";
import { Rows } from "./rows.js";

/** At 100,000 requests a second these are 2,000 requests: 0.3 MB of the kernel's buffer. */
const READ_EVERY_MS = 20;
const LOOK_AT_PROCESSES_EVERY_MS = 250;

/** `puntbench record`: every request, until a signal, the end of the programs, --duration or --max-size. */
export async function main(raw: RawRecordOptions): Promise<void> {
  const options = parseRecordOptions(raw);
  const { selection, bufferBytes } = options;
  const everything = selection.kind === "all";
  const name = selection.kind === "name" ? selection.name : "";
  const interrupt = new Interrupt("The recording has ended; it can be used.");
  let recorder: Recorder | null = null;
  let causes: CauseFinder | null = null;
  let file: RecordingFile | null = null;
  try {
    recorder = openRecorder({ everything, name, bufferBytes });
    causes = openCauseFinder({ everything, name });
    file = new RecordingFile(options.output, options.anonymise);
    const session = new Session(options, { recorder, causes, file });
    process.stderr.write("Recording; Ctrl-C ends it.\n");
    await session.run(interrupt.signal);
    printSummary(session.end(), options);
  } finally {
    file?.close();
    causes?.close();
    recorder?.close();
    interrupt.dispose();
  }
}

interface Parts {
  recorder: Recorder;
  causes: CauseFinder;
  file: RecordingFile;
}

class Session {
  readonly #startNs = now();
  readonly #processes = new Set<number>();
  readonly #selected: SelectedProcesses;
  readonly #rings: RingsAndThreads;
  readonly #files: Files;
  readonly #rows: Rows;
  readonly #progress = stderrProgress();
  /** At the last look at the processes. */
  #seen = { requests: 0, punts: 0 };

  constructor(
    readonly options: RecordOptions,
    readonly parts: Parts,
  ) {
    const { file } = parts;
    this.#selected = new SelectedProcesses(options.selection);
    this.#rings = new RingsAndThreads((line) => file.line(line));
    this.#files = new Files(
      loadDriver(),
      () => this.#elapsedNs(),
      (line) => file.line(line),
    );
    const indexes = {
      ring: this.#rings.ring.bind(this.#rings),
      thread: this.#rings.thread.bind(this.#rings),
      file: this.#files.indexOf.bind(this.#files),
    };
    this.#rows = new Rows(indexes, this.#startNs, (block) => file.block(block));
  }

  async run(signal: AbortSignal): Promise<void> {
    const endsNs = (this.options.durationMs ?? Number.POSITIVE_INFINITY) * 1e6;
    let lookAtNs = 0;
    while (!signal.aborted && this.#elapsedNs() < endsNs) {
      if (this.#elapsedNs() >= lookAtNs) {
        if (!this.#follow()) break;
        lookAtNs = this.#elapsedNs() + LOOK_AT_PROCESSES_EVERY_MS * 1e6;
        this.#rows.flush();
        this.#pauseOrResumeCauses();
        this.#files.lookAgain();
      }
      await sleep(READ_EVERY_MS, undefined, { signal }).catch(() => {});
      this.#read(false);
      if (this.parts.file.bytes >= this.options.sizeBytesMax) break;
    }
    this.#progress.done();
  }

  /** What is under way is recorded with an unknown outcome. */
  end() {
    const { recorder, causes, file } = this.parts;
    this.#read(true);
    this.#rows.flush();
    causes.look();
    const lost = recorder.lost();
    const durationNs = this.#elapsedNs();
    const { requests, calls, punts } = file;
    file.line({
      type: "end",
      durationNs,
      requests,
      calls,
      lostEvents: lost.events,
      unmatchedCompletions: lost.unmatched,
      causes: this.#causes(),
    });
    const counts = { rings: this.#rings.rings, files: file.filesOfRequests };
    return { durationNs, requests, calls, punts, ...counts, lost, bytes: file.bytes };
  }

  /** Adds processes that were started. Returns false when all that were named have ended. */
  #follow(): boolean {
    const { selection } = this.options;
    const { recorder, causes, file } = this.parts;
    this.#progress.step(`${file.requests} requests, ${formatBytes(file.bytes)}; Ctrl-C ends`);
    if (selection.kind === "all") return true;
    const now = this.#selected.look();
    // A program that has just begun: what was seen of its files comes before a look at them.
    this.#read(false);
    for (const id of now) {
      if (this.#processes.has(id)) continue;
      this.#processes.add(id);
      // The state of its files comes first: from now on the requests change it.
      if (hasRing(id)) this.#files.look(id);
      recorder.add(id);
      causes.add(id);
    }
    for (const id of this.#processes) {
      if (now.has(id)) continue;
      this.#processes.delete(id);
      recorder.remove(id);
      causes.remove(id);
    }
    return now.size > 0 || selection.kind !== "processes";
  }

  /** The search for causes costs half as much as the recording, and is needed only while requests punt. */
  #pauseOrResumeCauses(): void {
    const { causes, file } = this.parts;
    const { requests, punts } = file;
    if (requests > this.#seen.requests) causes.pauseOrResume(punts - this.#seen.punts);
    this.#seen = { requests, punts };
  }

  #read(all: boolean): void {
    const { recorder, causes } = this.parts;
    const { rows, paths } = recorder.read(all);
    this.#files.forgetOpenFiles();
    this.#rows.add(rows);
    for (const path of paths) this.#path(path);
    causes.look();
  }

  #path(path: RecordedPath): void {
    if (path.operation === OPEN) {
      this.#files.opened(path, path.path);
      return;
    }
    const call = path.operation === RENAME ? "rename" : "unlink";
    const atNs = Math.max(0, path.atNs - this.#startNs);
    this.parts.file.line({ type: "path", atNs, process: path.process, call, path: path.path });
  }

  #causes(): RecordedCause[] {
    return this.parts.causes.total.all().flatMap(({ place, shares }) => {
      const device = place.major * 2 ** 20 + place.minor;
      const file =
        place.inode === 0
          ? 0
          : this.#files.indexOf({ device, inode: place.inode, process: place.process });
      return shares.map((share) => ({ file, operation: place.opcode, ...share }));
    });
  }

  #elapsedNs(): number {
    return now() - this.#startNs;
  }
}

/** RECORD_OPEN and RECORD_RENAME of native/bpf/record.h. */
const OPEN = 256;
const RENAME = 262;

/** CLOCK_MONOTONIC, as the BPF programs have it. */
function now(): number {
  return Number(process.hrtime.bigint());
}
