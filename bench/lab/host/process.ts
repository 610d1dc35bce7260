import { execFile } from "node:child_process";
import { UserError } from "../../../terminal/errors.js";

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Text for its standard input. */
  input?: string;
  /** The program is killed after this time, and the error says so. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Debian package of the program, for the error when it is missing. */
  package: string;
}

export interface Finished {
  exitCode: number;
  stdout: string;
  stderr: string;
  stdoutBytes: Buffer;
}

/** The largest package index has about 60 MB. */
const OUTPUT_BYTES_MAX = 2 ** 28;

/**
 * Runs a program and collects what it prints. Throws a UserError when it is not installed or takes
 * too long. The caller judges the exit code, which is 1 for a program that a signal killed.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Finished> {
  const { signal, timeoutMs } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...args],
      {
        env: { ...process.env, ...options.env, LC_ALL: "C" },
        cwd: options.cwd,
        timeout: timeoutMs,
        killSignal: "SIGKILL",
        signal,
        maxBuffer: OUTPUT_BYTES_MAX,
        encoding: "buffer",
      },
      (error, stdoutBytes, stderr) => {
        const ended = error === null || typeof error.code === "number" || !error.killed;
        if (error?.code === "ENOENT") reject(missingProgram(program, options.package));
        else if (signal?.aborted) reject(signal.reason);
        else if (error?.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") reject(tooMuch(program));
        else if (typeof error?.code === "string") reject(error);
        else if (!ended) reject(tookTooLong(program, timeoutMs));
        else {
          const exitCode = error === null ? 0 : (error.code ?? 1);
          const stdout = stdoutBytes.toString("utf8");
          resolve({ exitCode, stdout, stderr: stderr.toString("utf8"), stdoutBytes });
        }
      },
    );
    // A program that ends without reading its input is no error.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input);
  });
}

/** Like `run`; an exit code other than 0 is a UserError with what the program printed. */
export async function runOrFail(
  program: string,
  args: readonly string[],
  options: RunOptions & { doing: string; remedy: string },
): Promise<Finished> {
  const finished = await run(program, args, options);
  const { exitCode, stdout, stderr } = finished;
  if (exitCode === 0) return finished;
  const printed = `${stderr}\n${stdout}`.trim().split("\n").slice(0, 8).join("\n  ");
  throw new UserError(
    `${options.doing}: ${program} ended with exit code ${exitCode}\n  ${printed}`,
    options.remedy,
  );
}

export function missingProgram(program: string, debianPackage: string): UserError {
  return new UserError(
    `${program} is not installed`,
    `Install it with \`./scripts/bootstrap --lab\` or \`apt-get install ${debianPackage}\`.`,
  );
}

function tooMuch(program: string): UserError {
  return new UserError(
    `${program} printed more than ${OUTPUT_BYTES_MAX / 2 ** 20} MiB, and was killed`,
    "Nothing of it was used. Look at what it reads: a file in the cache may be damaged (`puntbench lab clean`).",
  );
}

function tookTooLong(program: string, timeoutMs: number): UserError {
  return new UserError(
    `${program} was killed after its limit of ${Math.round(timeoutMs / 1000)} s`,
    "Look at the machine's load and at the network, then try again.",
  );
}
