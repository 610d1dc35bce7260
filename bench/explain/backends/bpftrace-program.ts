import type { EventFormat } from "../tracing/event-format.js";
import type { FieldValue, TraceEvent } from "../tracing/trace.js";
import { WORKER_PREFIX } from "./backend.js";
import { type Probe, STATE_FIELDS } from "./events.js";

/** A tracepoint with the fields that it has on this kernel. */
export interface Tracepoint {
  group: string;
  format: EventFormat;
  /** Recorded for every thread, not only for the submitters and their workers. */
  ofAllThreads: boolean;
}

/** A probe, and how bpftrace reaches its function. */
export interface Attachment {
  probe: Probe;
  /** Module whose type information describes the function; null: a kprobe, which needs none. */
  btfModule: string | null;
}

/** Printed once everything is attached. */
export const READY = "ready";
/** Time between two heartbeats. The program ends at the first one that nobody reads any more. */
export const HEARTBEAT_MS = 100;

/**
 * A program for bpftrace that prints one line per event, `E <nanoseconds> <thread> <name> <field>=<value> ...`, and
 * `T <nanoseconds>` as a heartbeat.
 */
export function bpftraceProgram(
  tracepoints: readonly Tracepoint[],
  attachments: readonly Attachment[],
  submitterName: string,
  isKnownType: (type: string) => boolean,
): string {
  const traced = ` /comm == "${submitterName}" || strncmp(comm, "${WORKER_PREFIX}", ${WORKER_PREFIX.length}) == 0/`;
  return [
    ...definitions(tracepoints, isKnownType),
    `BEGIN { printf("${READY}\\n"); }`,
    `interval:ms:${HEARTBEAT_MS} { printf("T %llu\\n", nsecs); }`,
    ...tracepoints.map(({ group, format, ofAllThreads }) => {
      const { fields: all } = format;
      const fields = all.map(({ name, signed }) => ({ name, signed, value: `args->${name}` }));
      return `tracepoint:${group}:${format.name}${ofAllThreads ? "" : traced} { ${printed(format.name, fields)} }`;
    }),
    ...attachments.map(({ probe, btfModule }) => {
      const fields = probe.returns === null ? stateFields(probe, btfModule) : [returnField(probe)];
      const setUp = probe.readsState && btfModule === null ? "$iocb = (struct kiocb *)arg0; " : "";
      return `${attachPoint(probe, btfModule)}${traced} { ${setUp}${printed(probe.name, fields)} }`;
    }),
    "",
  ].join("\n");
}

/** Fields of a module's tracepoints may have types that the kernel itself does not describe: their sizes are enough. */
function definitions(
  tracepoints: readonly Tracepoint[],
  isKnown: (type: string) => boolean,
): Set<string> {
  const fields = tracepoints.flatMap(({ format }) => format.fields);
  const unknown = fields.filter(({ type }) => /^\w+_t$/.test(type) && !isKnown(type));
  const integers = { 1: "char", 2: "short", 4: "int", 8: "long long" };
  return new Set(
    unknown.map(({ type, size, signed }) => {
      const integer = integers[size as keyof typeof integers];
      return `#define ${type} ${signed ? "" : "unsigned "}${integer}`;
    }),
  );
}

interface PrintedField {
  name: string;
  signed: boolean;
  value: string;
}

function attachPoint({ kernelFunction, returns }: Probe, btfModule: string | null): string {
  const kind = returns === null ? "" : "ret";
  return btfModule === null
    ? `k${kind}probe:${kernelFunction}`
    : `k${kind}func:${btfModule}:${kernelFunction}`;
}

function returnField({ returns }: Probe): PrintedField {
  const value = { u8: "(uint8)retval", s32: "(int32)retval", s64: "retval" }[returns ?? "s64"];
  return { name: "ret", signed: true, value };
}

function stateFields({ readsState }: Probe, btfModule: string | null): PrintedField[] {
  if (!readsState) return [];
  const kiocb = btfModule === null ? "$iocb" : "args->iocb";
  const fields = STATE_FIELDS.map(({ name, path, type }) => {
    const members = path.map((member) => member.split(".")[1]);
    return { name, signed: type === "s64", value: [kiocb, ...members].join("->") };
  });
  return [{ name: "req", signed: false, value: kiocb }, ...fields];
}

function printed(name: string, fields: readonly PrintedField[]): string {
  const format = fields.map((field) => ` ${field.name}=%ll${field.signed ? "d" : "u"}`).join("");
  const values = fields
    .map(({ signed, value }) => `, (${signed ? "" : "u"}int64)${value}`)
    .join("");
  return `printf("E %llu %d ${name}${format}\\n", nsecs, tid${values});`;
}

/** One printed line; null: the program did not print it. */
export function parseLine(
  line: string,
): TraceEvent | { heartbeatNs: number } | { lost: number } | null {
  const lost = /^Lost (\d+) events$/.exec(line)?.[1];
  if (lost !== undefined) return { lost: Number(lost) };
  const [kind, timeNs, tid, name, ...fields] = line.split(" ");
  if (kind === "T") return { heartbeatNs: Number(timeNs) };
  if (kind !== "E" || name === undefined) return null;
  const values = fields.map((field): [string, FieldValue] => {
    const [key = "", value = ""] = field.split("=");
    const number = Number(value);
    return [key, Number.isSafeInteger(number) ? number : BigInt(value)];
  });
  return { timeNs: Number(timeNs), tid: Number(tid), name, fields: Object.fromEntries(values) };
}
