import { Command } from "commander";
import type { RawLabOptions } from "./options.js";

const EXAMPLES = `
Options of the bench pass through: --quick, --rounds, --preparations, --queue-depths, --interval, ...

Examples:
  $ puntbench lab --kernels 6.1,6.12 --quick
  $ puntbench lab --kernels 6.1,6.12,7.2 --boots 3 --filesystems ext4,xfs --rounds 3
  $ puntbench lab --kernels 6.1.180-1,6.1.192-2 --preparations dd-prefill --interval 0,10ms
  $ puntbench lab --kernels 6.1,6.12,7.2 --cost instructions
  $ puntbench lab --kernel-image /boot/vmlinuz-6.9 --modules /lib/modules/6.9 --quick
  $ puntbench lab --kernels 6.1,6.12 --explain --quick
  $ puntbench lab --kernels 6.1,6.12 --fio wal.fio --rounds 1
  $ puntbench lab --kernels 6.1,6.12,7.2 --replay mariadb.pbrec --disk 4G
  $ puntbench lab --kernels 6.1,6.12 --boots 3 --quick --jobs-json parts >jobs.json   (FLEET.md)
  $ puntbench lab --collect jobs.json
  $ puntbench lab --kernels 6.1,6.12 --quick --json > guests.jsonl
  $ puntbench lab --kernels 6.12 --shell
  $ git bisect run puntbench lab --kernel-image arch/x86/boot/bzImage --modules build/lib/modules/6.9 --expect 6.12

Nothing is installed and the host's kernels are not touched: packages are verified, unpacked into
$XDG_CACHE_HOME/puntbench and booted in QEMU. Under emulation punts are exact and times mean nothing.

Exit codes: 0 ok, 1 failure, 2 usage, 130 interrupted; with --expect also 3 and 125, for git bisect run.`;

/** Options that ask for something else than a lab run. */
interface RawActions extends RawLabOptions {
  expect?: string;
  collect?: string;
}

/**
 * `puntbench lab`.
 * @param holdAgainst holds the kernel against the atlas (`--expect`). The caller provides it: the atlas imports the lab.
 */
export function labCommand(
  holdAgainst?: (options: RawLabOptions & { expect: string }) => Promise<void>,
): Command {
  const lab = new Command("lab")
    .summary("run the bench on other kernels, in virtual machines")
    .description(
      "Fetches kernels from Debian, boots each in QEMU with a real filesystem, runs the same bench there, " +
        "brings each results file back, and ends with a comparison.",
    )
    .option("-k, --kernels <list>", "series (6.12), versions (6.1.192-2), or host")
    .option("--kernel-image <vmlinuz>", "a kernel of your own")
    .option("--modules <directory>", "its modules, such as /lib/modules/6.9.1")
    .option("-l, --kernel-label <label>", "the name of --kernel-image in charts")
    .option("--flavour <name>", "cloud-amd64 (default), amd64 (default with f2fs) or rt-amd64")
    .option("--mirror <url>", "Debian mirror (default: that of this machine's apt)")
    .option("--filesystems <list>", "ext4, xfs, btrfs, btrfs-nocow, overlay, f2fs, block", "ext4")
    .option("--stack <list>", "layers on the scratch disk, lowest first: luks, lvm, raid1")
    .option("--mount-options <list>", "added when the scratch filesystem is mounted")
    .option(
      "--device <kind>",
      "of the scratch disk: virtio-blk, nvme or null_blk (default: virtio-blk; null_blk to count instructions)",
    )
    .option("--disk <size>", "size of the scratch disk (default: 1G; 320M of memory for null_blk)")
    .option("--memory <size>", "of a guest", "1G")
    .option("--cpus <count>", "of a guest (default: 2, or 1 with --cost instructions)")
    .option("--boots <count>", "boots of each kernel, in alternating order", "1")
    .option("--jobs <count>", "guests at a time; more than 1 disturbs times", "1")
    .option("--timeout <duration>", "for a guest, from power-on to its end", "30m")
    .option("--boot-timeout <duration>", "for a guest, from power-on to its first step", "90s")
    .option("--accelerator <kind>", "auto (KVM if it works here), kvm or tcg", "auto")
    .option("--cost <kind>", "time, or instructions (counted exactly, on any machine)", "time")
    .option("-o, --out <directory>", "where results files go", "results")
    .option(
      "--replay <recording>",
      "issue the requests of a recording in the guests instead of the bench",
    )
    .option("--explain", "run `puntbench explain` in the guests instead of the bench")
    .option(
      "--expect <kernel>",
      "hold the kernel against the atlas' answers for this one: exit 0 as expected, 3 changed, 125 it does not boot",
    )
    .option(
      "--results-file <file>",
      "of one guest: where its results go, whole or not at all; if they are there, nothing is booted",
    )
    .option(
      "--jobs-json <directory>",
      "print the guests as jobs for other machines; their results come to files there",
    )
    .option("--collect <jobs>", "bring together what jobs that --jobs-json printed measured")
    .option("--json", "print one JSON object a line for each guest, instead of tables")
    .option("--dry-run", "print the commands and run nothing")
    .option("--shell", "a prompt in the first kernel")
    // What follows `lab kernels` belongs to it, although `lab` has options of the same name.
    .enablePositionalOptions()
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText("after", EXAMPLES)
    .action(async (options: RawActions, command: Command) => {
      const { expect, collect: jobs, ...others } = options;
      if (jobs !== undefined) {
        const { collect } = await import("./collect.js");
        return collect(jobs, others.out);
      }
      if (expect !== undefined && holdAgainst) {
        if (command.args.length > 0)
          command.error(`error: --expect takes no options of the bench: ${command.args.join(" ")}`);
        return holdAgainst({ ...others, expect });
      }
      const { main } = await import("./main.js");
      await main(others, command.args);
    });
  for (const command of [kernelsCommand(), cleanCommand()]) lab.addCommand(command.exitOverride());
  return lab;
}

const KERNELS_EXAMPLES = `
Examples:
  $ puntbench lab kernels
  $ puntbench lab kernels --all --flavour amd64

Exit codes: 0 ok, 1 failure, 2 usage, 130 interrupted.`;

function kernelsCommand(): Command {
  return new Command("kernels")
    .description("list the kernels that can be had and those in the cache")
    .option("--all", "every version, not only the newest of each series")
    .option("--flavour <flavour>", "cloud-amd64, amd64 or rt-amd64", "cloud-amd64")
    .option("--mirror <url>", "Debian mirror (default: that of this machine's apt)")
    .option("--refresh", "fetch the package indexes anew")
    .option("--json", "print one JSON object")
    .addHelpText("after", KERNELS_EXAMPLES)
    .action(async (options) => {
      const { listKernels } = await import("./list-kernels.js");
      await listKernels(options);
    });
}

const CLEAN_EXAMPLES = `
Examples:
  $ puntbench lab clean            everything
  $ puntbench lab clean 6.1 6.12.107-1

What a running lab uses stays.

Exit codes: 0 ok, 1 failure, 2 usage, 130 interrupted.`;

function cleanCommand(): Command {
  return new Command("clean")
    .description("remove kernels, images and indexes from the cache")
    .argument("[kernels...]", "only these: series or versions (default: everything)")
    .addHelpText("after", CLEAN_EXAMPLES)
    .action(async (kernels: string[]) => {
      const { clean } = await import("./clean.js");
      await clean(kernels);
    });
}
