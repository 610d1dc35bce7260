import type { StackSample } from "./trace.js";

/**
 * Stacks in a trace as the kernel prints it: a line for the event, a line `<stack trace>`, then one line per frame.
 * The first frames belong to the tracing itself and are dropped.
 */
export function stacksIn(trace: string): StackSample[] {
  const stacks: StackSample[] = [];
  let tid = 0;
  let open: StackSample | null = null;
  for (const line of trace.split("\n")) {
    const frame = /^ => (\S+)/.exec(line)?.[1];
    if (frame !== undefined) {
      open?.functions.push(frame);
      continue;
    }
    if (line.includes("<stack trace>")) {
      open = { tid, functions: [] };
      stacks.push(open);
      continue;
    }
    open = null;
    tid = Number(/-(\d+)\s+(?:\(\s*\S+\)\s+)?\[\d+\]/.exec(line)?.[1] ?? tid);
  }
  return stacks.map((stack) => ({ ...stack, functions: withoutTracing(stack.functions) }));
}

function withoutTracing(functions: readonly string[]): string[] {
  const lastOfTracing = functions.findLastIndex((name) =>
    /trace_|^__traceiter|ftrace|ring_buffer/.test(name),
  );
  return functions.slice(lastOfTracing + 1).map((name) => name.replace(/\+0x.*$/, ""));
}
