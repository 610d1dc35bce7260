import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { SCHEMA_VERSION } from "../../results/vocabulary.js";
import { makeFolders } from "../../terminal/make-folders.js";
import { type Column, columnData, schemaOf } from "./columns.js";
import { partitionName } from "./partition-name.js";

/** Rows that wait for their file; the lists inside of them take most of the memory. */
const WAITING_BUCKETS_MAX = 1_000_000;
/** Hive's name for a partition without a value. */
const NO_PARTITION = "kernel=__HIVE_DEFAULT_PARTITION__";

export interface Made {
  rows: number;
  files: number;
}

/**
 * Rows of one kind, written as Parquet files into a folder for each kernel. Memory does not grow with the rows: when
 * too many wait, those of the kernel with the most become a file.
 */
export class Dataset<Row> {
  readonly #waiting = new Map<string, { rows: Row[]; buckets: number }>();
  readonly #made: Made = { rows: 0, files: 0 };
  #buckets = 0;

  /**
   * @param folder is there already. @param bucketsOf how many entries the lists of a row have.
   * @param toolVersion goes into the files, with the version of the results files' schema.
   */
  constructor(
    readonly folder: string,
    readonly columns: readonly Column<Row>[],
    readonly bucketsOf: (row: Row) => number,
    readonly toolVersion: string,
  ) {}

  /** Throws the errno of the file that cannot be written. */
  add(kernelLabel: string, row: Row): void {
    const partition = partitionName(kernelLabel);
    const waiting = this.#waiting.get(partition) ?? { rows: [], buckets: 0 };
    this.#waiting.set(partition, waiting);
    const buckets = 1 + this.bucketsOf(row);
    waiting.rows.push(row);
    waiting.buckets += buckets;
    this.#buckets += buckets;
    if (this.#buckets <= WAITING_BUCKETS_MAX) return;
    const [largest] = [...this.#waiting].sort(([, a], [, b]) => b.buckets - a.buckets);
    if (largest) this.#write(largest[0]);
  }

  /** Writes what waits. Without any row it writes an empty file, so that SQL finds the columns. */
  finish(): Made {
    for (const partition of [...this.#waiting.keys()]) this.#write(partition);
    if (this.#made.files === 0) this.#writeFile(NO_PARTITION, []);
    return this.#made;
  }

  #write(partition: string): void {
    const { rows, buckets } = this.#waiting.get(partition) ?? { rows: [], buckets: 0 };
    this.#waiting.delete(partition);
    this.#buckets -= buckets;
    this.#writeFile(partition, rows);
  }

  #writeFile(partition: string, rows: readonly Row[]): void {
    const { columns, toolVersion } = this;
    const folder = join(this.folder, partition);
    makeFolders(folder);
    this.#made.files += 1;
    this.#made.rows += rows.length;
    parquetWriteFile({
      filename: join(folder, `part-${String(this.#made.files).padStart(5, "0")}.parquet`),
      schema: schemaOf(columns),
      columnData: columnData(columns, rows),
      rowGroupSize: Math.max(1, rows.length),
      createdBy: `puntbench version ${toolVersion}`,
      kvMetadata: [
        { key: "puntbench.schema_version", value: String(SCHEMA_VERSION) },
        { key: "puntbench.tool_version", value: toolVersion },
      ],
    });
  }
}
