import { type EventFormat, type FieldValue, isScalar } from "../tracing/event-format.js";
import type { TraceEvent } from "../tracing/instance.js";
import { type Watched, WORKER_PREFIX } from "./backend.js";
import type { Probe } from "./probes.js";

/** A tracepoint, by its group, with the fields that this kernel gives it. */
export interface Tracepoint {
  group: string;
  format: EventFormat;
  /** Recorded of every thread, not only of those that are watched. */
  ofAll: boolean;
}

/** A probe, and how bpftrace reaches its function. */
export interface Attachment {
  probe: Probe;
  /** Module whose type information has the function; null: by a kprobe, which needs none. */
  btfModule: string | null;
}

/** The program says this once everything is attached. */
export const READY = "ready";
/** Milliseconds between two signs of life, which also end the program soon after nobody reads them. */
export const SIGN_OF_LIFE_MS = 100;

/**
 * A program for bpftrace that prints a line an event: `E <nanoseconds> <thread> <name> <field>=<value> ...`, and
 * `T <nanoseconds>` as a sign of life.
 */
export function bpftraceProgram(
  tracepoints: readonly Tracepoint[],
  attachments: readonly Attachment[],
  { submitterName }: Watched,
  knownTypes: (type: string) => boolean,
): string {
  const ours = ` /comm == "${submitterName}" || strncmp(comm, "${WORKER_PREFIX}", ${WORKER_PREFIX.length}) == 0/`;
  return [
    ...definitions(tracepoints, knownTypes),
    `BEGIN { printf("${READY}\\n"); }`,
    `interval:ms:${SIGN_OF_LIFE_MS} { printf("T %llu\\n", nsecs); }`,
    ...tracepoints.map(({ group, format, ofAll }) => {
      const fields = format.fields.filter(isScalar).map(({ name, signed }) => ({
        ...{ name, signed, value: `args->${name}` },
      }));
      return `tracepoint:${group}:${format.name}${ofAll ? "" : ours} { ${printed(format.name, fields)} }`;
    }),
    ...attachments.map(({ probe, btfModule }) => {
      const fields = probe.returns === null ? stateFields(probe, btfModule) : [RETURNED(probe)];
      const setUp = probe.state && btfModule === null ? "$iocb = (struct kiocb *)arg0; " : "";
      return `${place(probe, btfModule)}${ours} { ${setUp}${printed(probe.name, fields)} }`;
    }),
    "",
  ].join("\n");
}

/** Tracepoints of modules have fields of types that the kernel itself does not describe: their sizes are enough. */
function definitions(
  tracepoints: readonly Tracepoint[],
  isKnown: (type: string) => boolean,
): Set<string> {
  const fields = tracepoints.flatMap(({ format }) => format.fields).filter(isScalar);
  const unknown = fields.filter(({ type }) => /^\w+_t$/.test(type) && !isKnown(type));
  const integers = { 1: "char", 2: "short", 4: "int", 8: "long long" };
  return new Set(
    unknown.map(({ type, size, signed }) => {
      const integer = integers[size as keyof typeof integers];
      return `#define ${type} ${signed ? "" : "unsigned "}${integer}`;
    }),
  );
}

interface Printed {
  name: string;
  signed: boolean;
  value: string;
}

function place({ kernelFunction, returns }: Probe, btfModule: string | null): string {
  const kind = `${returns === null ? "" : "ret"}`;
  return btfModule === null
    ? `k${kind}probe:${kernelFunction}`
    : `k${kind}func:${btfModule}:${kernelFunction}`;
}

const RETURNED = ({ returns }: Probe): Printed => ({
  name: "ret",
  signed: true,
  value: { u8: "(uint8)retval", s32: "(int32)retval", s64: "retval" }[returns as "u8"],
});

/** As the kprobe backend reads it; the kiocb is the first member of io_uring's request. */
function stateFields({ state }: Probe, btfModule: string | null): Printed[] {
  if (!state) return [];
  const iocb = btfModule === null ? "$iocb" : "args->iocb";
  const inode = `${iocb}->ki_filp->f_inode`;
  return [
    { name: "req", signed: false, value: iocb },
    { name: "pos", signed: true, value: `${iocb}->ki_pos` },
    { name: "ki_flags", signed: false, value: `${iocb}->ki_flags` },
    { name: "i_size", signed: true, value: `${inode}->i_size` },
    { name: "i_flags", signed: false, value: `${inode}->i_flags` },
  ];
}

function printed(name: string, fields: readonly Printed[]): string {
  const format = fields.map((field) => ` ${field.name}=%ll${field.signed ? "d" : "u"}`).join("");
  const values = fields
    .map(({ signed, value }) => `, (${signed ? "" : "u"}int64)${value}`)
    .join("");
  return `printf("E %llu %d ${name}${format}\\n", nsecs, tid${values});`;
}

/** What a printed line says; null: nothing of ours. */
export function parseLine(
  line: string,
): TraceEvent | { signOfLifeNs: number } | { lost: number } | null {
  const lost = /^Lost (\d+) events$/.exec(line)?.[1];
  if (lost !== undefined) return { lost: Number(lost) };
  const [kind, timeNs, tid, name, ...fields] = line.split(" ");
  if (kind === "T") return { signOfLifeNs: Number(timeNs) };
  if (kind !== "E" || name === undefined) return null;
  const values = fields.map((field): [string, FieldValue] => {
    const [key = "", value = ""] = field.split("=");
    const number = Number(value);
    return [key, Number.isSafeInteger(number) ? number : BigInt(value)];
  });
  return { timeNs: Number(timeNs), tid: Number(tid), name, fields: Object.fromEntries(values) };
}
