import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram } from "../../terminal/find-program.js";
import { programsOf } from "../support/bpf-programs.js";

/** The kernel unloads a program a moment after its process has ended. */
const UNLOADED_WITHIN_MS = 2_000;
const bpftool = findProgram("bpftool");

/** Why programs of BPF are not looked for here. */
export function cannotListPrograms(): string | null {
  return bpftool === null ? "bpftool is missing: ./scripts/bootstrap --dev" : null;
}

interface Program {
  id: number;
  name: string;
}

/** Programs of BPF in this kernel that trace: puntbench loads no other kind. [] without bpftool. */
export function tracingPrograms(): Program[] {
  if (bpftool === null) return [];
  const listed: { id: number; name?: string; type: string }[] = JSON.parse(
    execFileSync(bpftool, ["--json", "prog", "show"], { encoding: "utf8" }) || "[]",
  );
  return listed
    .filter(({ type }) => /trace?point|kprobe|tracing|perf_event/.test(type))
    .map(({ id, name = "" }) => ({ id, name }));
}

/**
 * Tracing programs that were not there before, and that no process holds for as long as this looks. A case's own processes
 * have ended by now, so what it left has no holder. What another program on this machine traces meanwhile has one.
 */
export async function unheldPrograms(before: ReadonlySet<number>): Promise<string[]> {
  const givesUpAtMs = Date.now() + UNLOADED_WITHIN_MS;
  let suspects = unheldNow().filter(({ id }) => !before.has(id));
  while (suspects.length > 0 && Date.now() < givesUpAtMs) {
    await sleep(50);
    const still = new Set(unheldNow().map(({ id }) => id));
    suspects = suspects.filter(({ id }) => still.has(id));
  }
  return suspects.map(({ id, name }) => `BPF program ${id} ${name}`);
}

function unheldNow(): Program[] {
  const programs = tracingPrograms();
  const held = programs.length > 0 ? heldPrograms() : new Set();
  return programs.filter(({ id }) => !held.has(id));
}

function heldPrograms(): Set<number> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Set(pids.flatMap((pid) => programsOf(Number(pid)).map(Number)));
}
