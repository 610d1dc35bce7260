import type { ColumnSource, SchemaElement } from "hyparquet-writer";

/** One bucket of a latency: durations up to `upper_ns` nanoseconds that no lower bucket holds, and how many. */
export interface Bucket {
  upper_ns: bigint;
  count: bigint;
}

/** How often a cause was seen among the punts that were looked at. */
export interface CausePunts {
  cause: string;
  punts: bigint;
}

/** What a row may hold in a column. null: not measured, or not known. */
interface Values {
  text: string;
  /** Whole, up to 2^53: as INT64. */
  integer: number;
  /** NaN is written as null. */
  number: number;
  flag: boolean;
  /** ISO 8601: as a timestamp in ms, UTC. */
  moment: string;
  buckets: readonly Bucket[];
  causes: readonly CausePunts[];
}

type Type = keyof Values;

/** A column of a dataset. Units stand in the name, as in the results files: `latency_ns_p99`. */
export type Column<Row> = {
  [T in Type]: { name: string; type: T; of: (row: Row) => Values[T] | null };
}[Type];

/** `queueDepth` -> `queue_depth`: SQL does not tell capitals from small letters. */
export function columnName(camelCase: string): string {
  return camelCase.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/** The schema as Parquet has it: a tree, written as a list in depth-first order. */
export function schemaOf<Row>(columns: readonly Column<Row>[]): SchemaElement[] {
  const root: SchemaElement = { name: "schema", num_children: columns.length };
  return [root, ...columns.flatMap(({ name, type }) => ELEMENTS[type](name))];
}

/** The rows of one file, column by column. */
export function columnData<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): ColumnSource[] {
  return columns.map(({ name, type, of }) => {
    const encode = ENCODERS[type] as (value: unknown) => unknown;
    const data = rows.map((row) => {
      const value = of(row);
      return value === null ? null : encode(value);
    });
    // Nobody looks for a row by the smallest bucket of its latency.
    return type === "buckets" || type === "causes"
      ? { name, data, statistics: false }
      : { name, data };
  });
}

const ENCODERS: { [T in Type]: (value: Values[T]) => unknown } = {
  text: (value) => value,
  integer: (value) => BigInt(Math.round(value)),
  number: (value) => (Number.isFinite(value) ? value : null),
  flag: (value) => value,
  moment: (value) => {
    const moment = new Date(value);
    return Number.isNaN(moment.getTime()) ? null : moment;
  },
  buckets: (value) => value,
  causes: (value) => value,
};

const OPTIONAL = { repetition_type: "OPTIONAL" } as const;
const REQUIRED = { repetition_type: "REQUIRED" } as const;
const UTF8 = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const;

const ELEMENTS: Record<Type, (name: string) => SchemaElement[]> = {
  text: (name) => [{ name, ...UTF8, ...OPTIONAL }],
  integer: (name) => [{ name, type: "INT64", ...OPTIONAL }],
  number: (name) => [{ name, type: "DOUBLE", ...OPTIONAL }],
  flag: (name) => [{ name, type: "BOOLEAN", ...OPTIONAL }],
  moment: (name) => [{ name, type: "INT64", converted_type: "TIMESTAMP_MILLIS", ...OPTIONAL }],
  buckets: (name) =>
    listOf(name, [
      { name: "upper_ns", type: "INT64", ...REQUIRED },
      { name: "count", type: "INT64", ...REQUIRED },
    ]),
  causes: (name) =>
    listOf(name, [
      { name: "cause", ...UTF8, ...REQUIRED },
      { name: "punts", type: "INT64", ...REQUIRED },
    ]),
};

/** Parquet's three-level list of structs. */
function listOf(name: string, members: SchemaElement[]): SchemaElement[] {
  return [
    { name, converted_type: "LIST", num_children: 1, ...OPTIONAL },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    { name: "element", num_children: members.length, ...REQUIRED },
    ...members,
  ];
}
