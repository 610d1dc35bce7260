import { Command } from "commander";
import type { RawRecordOptions } from "./options.js";

const EXAMPLES = `
Examples:
  $ puntbench record --pid 4242 --duration 60s -o mariadb.pbrec
  $ puntbench record --comm mariadbd -o mariadb.pbrec          # until Ctrl-C
  $ puntbench record --pid 4242 -o wal.pbrec --anonymise       # without names of files and programs
  $ puntbench record --from wal.pbrec --export fio-iolog -o wal.iolog

Needs root and Linux 6.0 or newer on x86-64. The data of the requests is never recorded. Of each request: time, ring, thread,
operation, file, offset, length, flags, result, latency, and whether it punted. Of each file, at its first sight: size,
written, unwritten and missing parts, open flags, filesystem, mount options, cached pages. System calls of the program
that change a file (open, write, fsync, ftruncate, fallocate, fadvise, rename, unlink) are recorded too; changes through mmap,
copy_file_range and splice are not seen. Nothing stays in the kernel when the command ends, however it ends.

Ctrl-C ends the recording. It also ends when every program of --pid has ended, or at --max-size. A recording that was
cut off is good up to its last whole block.

--export fio-iolog writes a recording, which --from names, as an iolog of fio, version 3: reads, writes and fsyncs with their times. It
knows neither rings nor the state of files: puntbench replay does. It names the files file-1, file-2, ..., so that fio makes
its own. Run it with fio 3.31 or newer, in an empty folder: fio --name=wal --read_iolog=wal.iolog --ioengine=io_uring --direct=1

Exit codes: 0 ok, 1 the kernel or the rights do not allow it, or the disk is full, 2 usage.`;

/** `puntbench record`: every request of a running program. */
export function recordCommand(): Command {
  return new Command("record")
    .summary("record the io_uring requests of a running program, and the state of its files")
    .description(
      "Records every io_uring request of running programs, never the data, and the state of the files that the requests " +
        "go to. The same requests can then be issued on other kernels.",
    )
    .requiredOption("-o, --output <file>", "the recording; it must not exist")
    .option("-p, --pid <list>", "process ids; their children are included")
    .option("-c, --comm <name>", "every process of this name, also those that start later")
    .option("--cgroup <path>", "every process of this control group, below /sys/fs/cgroup")
    .option("-a, --all", "every process")
    .option("-d, --duration <duration>", "stop after this time (default: until Ctrl-C)")
    .option("--max-size <size>", "stop when the recording has this size", "1G")
    .option("--buffer <size>", "room in the kernel for requests that were not read yet", "64M")
    .option("--from <recording>", "records nothing; --export writes this recording")
    .option("--export <format>", "of --output, with --from: fio-iolog")
    .option("--anonymise", "leave out the names of files and programs")
    .option("--json", "print the summary as one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(async (options: RawRecordOptions) => {
      if (options.from !== undefined || options.export !== undefined) {
        const { exportRecording } = await import("./export.js");
        exportRecording(options);
        return;
      }
      const { main } = await import("./main.js");
      await main(options);
    });
}
