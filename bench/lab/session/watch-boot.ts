import type { GuestWatcher } from "../qemu/follow-guest.js";

/** What the lab shows of a guest while it runs. */
export interface BootView {
  /** Words for the step that the guest is at. */
  step: string;
  /** Share of its trials that are done, from 0 to 1. */
  doneRatio: number;
  /** From power-on to the first trial; null until then. */
  firstTrialMs: number | null;
  /** The last lines that its commands wrote on standard error. */
  log: string[];
}

const LOG_LINES_KEPT = 12;
const STEPS: Readonly<Record<string, string>> = {
  started: "kernel is up",
  ready: "scratch disk mounted",
  "command 0": "starting the bench",
};

/** Updates a view of a guest from what the guest reports, and calls `changed` after each change. */
export function watchBoot(changed: (view: BootView) => void): {
  view: BootView;
  watcher: GuestWatcher;
} {
  const view: BootView = { step: "powering on", doneRatio: 0, firstTrialMs: null, log: [] };
  const startedAtMs = performance.now();
  const watcher: GuestWatcher = {
    onStatus(status) {
      if (status.kind === "step") view.step = STEPS[status.name] ?? status.name;
      if (status.kind === "trials") {
        view.firstTrialMs ??= performance.now() - startedAtMs;
        view.doneRatio = Math.min(1, status.done / Math.max(1, status.total));
        view.step = `${status.done}/${status.total} trials`;
      }
      if (status.kind === "done") view.doneRatio = 1;
      changed(view);
    },
    onLog(line) {
      if (line.trim() === "") return;
      if (view.log.push(line) > LOG_LINES_KEPT) view.log.shift();
      view.step = line.trim();
      changed(view);
    },
  };
  return { view, watcher };
}
