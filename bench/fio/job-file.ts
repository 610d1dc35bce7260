import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "../../terminal/errors.js";

/** One section of a job file with all that it inherits. */
export interface FioJob {
  name: string;
  /** In the order of the file, a later one of the same name last. null: the option stands without a value. */
  options: ReadonlyMap<string, string | null>;
}

/** fio's own limit is deeper; this one ends files that include each other. */
const MAX_INCLUDES = 16;

const SECTION = /^\[(.*)\]$/;

/**
 * Reads a fio job file as fio does: sections keep their order, sections of one name are jobs of their own, and each
 * [global] adds to what the jobs after it inherit. General INI parsers join sections of one name, so none is used.
 * Throws a UsageError with the line.
 */
export function readJobFile(file: string, environment: NodeJS.ProcessEnv): FioJob[] {
  const reader = new Reader(environment);
  reader.read(file, 0);
  return reader.jobs;
}

/**
 * The jobs as one job file that reads the same without the environment and the included files. Throws a UsageError for a
 * value that no job file can hold.
 */
export function jobFileText(jobs: readonly FioJob[]): string {
  const lines = jobs.flatMap(({ name, options }) => [
    `[${name}]`,
    ...[...options].map(([key, value]) =>
      value === null ? key : `${key}=${holdable(key, value)}`,
    ),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}

function holdable(key: string, value: string): string {
  if (!/[;#\n]|\$\{/.test(value)) return value;
  throw new UsageError(
    `${key}: a variable of the environment holds what begins a comment or a variable`,
    "Write the value into the job file.",
  );
}

class Reader {
  readonly jobs: FioJob[] = [];
  private readonly global = new Map<string, string | null>();
  private section: Map<string, string | null> | null = null;

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  read(file: string, depth: number): void {
    if (depth > MAX_INCLUDES) {
      throw new UsageError(
        `${file}: more than ${MAX_INCLUDES} files include each other`,
        "Remove the circle.",
      );
    }
    for (const [index, text] of textOf(file).split("\n").entries()) {
      // fio ends a line at either sign, also inside of a value.
      const line = text.replace(/[;#].*/s, "").trim();
      const place = `${file}:${index + 1}`;
      const included = /^include\s+(.+)$/.exec(line)?.[1];
      if (included !== undefined) this.read(join(dirname(file), included), depth + 1);
      else if (line !== "") this.take(line, place);
    }
  }

  private take(line: string, place: string): void {
    const name = SECTION.exec(line)?.[1]?.trim();
    if (name !== undefined) this.open(name);
    else if (this.section === null) {
      throw new UsageError(
        `${place}: option '${line}' stands before the first [section]`,
        "Put it into [global] or a job.",
      );
    } else if (line.startsWith("[")) {
      throw new UsageError(`${place}: the section '${line}' has no ']'`, "Close it.");
    } else {
      const [, key, value] = /^([^=]+?)\s*(?:=\s*(.*))?$/s.exec(line) ?? [];
      if (key === undefined)
        throw new UsageError(`${place}: '${line}' is no option`, "Write name=value.");
      this.section.delete(key);
      this.section.set(key, value === undefined ? null : this.expanded(value, place));
    }
  }

  private open(name: string): void {
    if (name === "global") {
      this.section = this.global;
      return;
    }
    this.section = new Map(this.global);
    this.jobs.push({ name, options: this.section });
  }

  /** ${NAME} of the environment. fio's $ncpus and the like are not read. */
  private expanded(value: string, place: string): string {
    return value.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
      const found = this.environment[name];
      if (found !== undefined) return found;
      throw new UsageError(
        `${place}: the environment has no ${name}`,
        `Set it: ${name}=... puntbench bench --fio ...`,
      );
    });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`the job file ${file} cannot be read (${code})`, "Check the path.");
  }
}
