import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Outcome, puntbench } from "./puntbench.js";

/** Records fio with these arguments, which prints JSON, from its first request on. */
export function recordFio(
  folder: string,
  name: string,
  args: readonly string[],
  options: readonly string[] = [],
) {
  return recordProgram(folder, name, ["fio", ...args, "--output-format=json"], options);
}

/**
 * Records a program from its first request on, and ends when it has ended. A shell waits for a line before it becomes the
 * program: its process id is known before that, and other programs of its name are not recorded.
 */
export async function recordProgram(
  folder: string,
  name: string,
  command: readonly string[],
  options: readonly string[] = [],
): Promise<{ output: string; outcome: Outcome; stdout: string }> {
  const script = 'read line; exec "$@" < /dev/null';
  const program = spawn("sh", ["-c", script, "sh", ...command], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  let stdout = "";
  program.stdout.on("data", (piece) => {
    stdout += piece;
  });
  const ended = once(program, "close");
  // The recording ends with the program.
  const recorded = await record(folder, name, program.pid as number, options, () =>
    program.stdin.end("go\n"),
  );
  program.stdin.end();
  await ended;
  return { ...recorded, stdout };
}

/** Records a process that runs, until `work` is done. */
export function recordProcess(
  folder: string,
  name: string,
  pid: number,
  work: () => Promise<void>,
): Promise<{ output: string; outcome: Outcome }> {
  return record(folder, name, pid, [], (interrupt) => void work().finally(interrupt));
}

async function record(
  folder: string,
  name: string,
  pid: number,
  options: readonly string[],
  begin: (interrupt: () => void) => void,
): Promise<{ output: string; outcome: Outcome }> {
  const output = join(folder, `${name}.pbrec`);
  const command = ["record", "--pid", String(pid), "-o", output, "--json", ...options];
  let started = false;
  const outcome = await puntbench(command, {
    // The first line on stderr says that the recording has begun.
    onStderr: (_, kill) => {
      if (started) return;
      started = true;
      setTimeout(() => begin(() => kill("SIGINT")), 500);
    },
  });
  return { output, outcome };
}

/** Arguments of a fio job of 4 KiB O_DIRECT requests through io_uring. */
export function fioJob(file: string, requests: number, ...more: string[]): string[] {
  return [
    "--name=job",
    "--ioengine=io_uring",
    "--direct=1",
    "--bs=4k",
    "--iodepth=4",
    `--filename=${file}`,
    `--size=${requests * 4096}`,
    ...more,
  ];
}
