/** From "cannot measure here" to "nothing to do". */
export const SEVERITIES = ["blocker", "warning", "note", "ok"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Field names are stable: they are those of `--json`. */
export interface Finding {
  /** What was checked, in one word: stable. */
  check: string;
  severity: Severity;
  what: string;
  /** Why it matters to a measurement; null where all is well. */
  why: string | null;
  /** What to do; null where all is well or nothing can be done. */
  remedy: string | null;
}

export function fine(check: string, what: string): Finding {
  return { check, severity: "ok", what, why: null, remedy: null };
}
