/** A bigint where a double is not exact enough: for kernel addresses. */
export type FieldValue = number | bigint;
export type Fields = Readonly<Record<string, FieldValue>>;

/** One event of a trace, with the field names of the kernel's own format file. */
export interface TraceEvent {
  timeNs: number;
  /** Thread id. */
  tid: number;
  name: string;
  fields: Fields;
}
