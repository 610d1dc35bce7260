import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requireStaticBusybox } from "../../bench/lab/host/programs.js";
import { writeArchive } from "../../bench/lab/image/cpio.js";
import { orderText, plainName, readModule } from "../../bench/lab/image/initramfs.js";
import { loadOrder } from "../../bench/lab/image/modules.js";
import { acceleration, KERNEL_PARAMETERS, MACHINE, QEMU } from "../../bench/lab/qemu/arguments.js";
import { confinedCommand, guestUser } from "../../bench/lab/qemu/confined.js";
import type { LabKernel } from "../../bench/lab/session/kernels.js";
import { freePort } from "./free-port.js";
import { HOST_INIT } from "./host-image.js";

/** An emulated CPU needs this long at most, beside two others on a busy machine. */
const START_LIMIT_MS = 240_000;

/** On a busy machine the first ticks come late, and a kernel that checks its timer then panics. */
const SLOW_CPU = "no_timer_check";

const MODULES = ["virtio_pci", "virtio_blk", "ext4", "virtio_net"];

/** Loads the drivers of disk and network, then becomes the first process of the Debian on the disk. */
const INIT = `#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module need parameters; do insmod "/modules/$module" $parameters; done </modules/order
mount -t ext4 /dev/vda /system
for folder in proc sys dev; do mount -o move "/$folder" "/system/$folder"; done
for folder in run tmp; do mount -t tmpfs tmpfs "/system/$folder"; done
exec switch_root /system ${HOST_INIT}
`;

/** A Debian host on one of the lab's kernels, with sshd on a port of the loopback, and no other network. */
export class GuestHost {
  private constructor(
    readonly kernel: string,
    readonly port: number,
    readonly console: string,
    readonly process: ChildProcess,
  ) {}

  /** @param image its disk, see `hostImage`; what it writes is gone with it. */
  static async boot(kernel: LabKernel, image: string, folder: string): Promise<GuestHost> {
    const own = join(folder, kernel.label);
    mkdirSync(own);
    const [boot, initramfs] = [join(own, "kernel"), join(own, "initramfs.cpio")];
    copyFileSync(kernel.image, boot);
    await writeHostInitramfs(kernel, join(own, "root"), initramfs);
    // qemu runs as a user that can neither read root's cache nor write here.
    for (const path of [boot, initramfs]) chmodSync(path, 0o644);
    const port = await freePort();
    const console = join(own, "console");
    writeFileSync(console, "");
    chmodSync(console, 0o666);
    const drive = `if=none,id=root,format=raw,snapshot=on,cache=unsafe,file=${image}`;
    const forward = `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`;
    const args = [
      ...[...MACHINE, "-name", `puntbench-host-${kernel.label}`, ...acceleration("tcg")],
      ...["-smp", "1", "-m", "768M", "-kernel", boot, "-initrd", initramfs],
      ...["-append", `${KERNEL_PARAMETERS} ${SLOW_CPU}`, "-serial", `file:${console}`],
      ...["-drive", drive, "-device", "virtio-blk-pci,drive=root"],
      ...["-netdev", forward, "-device", "virtio-net-pci,netdev=net,romfile="],
    ];
    const confined = confinedCommand(guestUser("tcg"), QEMU, args);
    const child = spawn(confined.program, confined.args, {
      stdio: ["ignore", "ignore", "inherit"],
    });
    return new GuestHost(kernel.label, port, console, child);
  }

  /** Waits until its sshd answers. */
  async ready(): Promise<void> {
    const until = Date.now() + START_LIMIT_MS;
    while (!(await this.#answers())) {
      const said = readFileSync(this.console, "utf8").slice(-2000);
      assert.ok(Date.now() < until && this.process.exitCode === null, `${this.kernel}: ${said}`);
      await sleep(1000);
    }
  }

  /** The forwarded port is open before the guest has a network, so only sshd's greeting counts. */
  async #answers(): Promise<boolean> {
    const socket = connect(this.port, "127.0.0.1");
    socket.on("error", () => {});
    const limit = AbortSignal.timeout(10_000);
    try {
      const [greeting] = await once(socket, "data", { signal: limit });
      return String(greeting).startsWith("SSH-");
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  /** As when the power fails. */
  async die(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await ended;
  }
}

async function writeHostInitramfs(kernel: LabKernel, root: string, path: string): Promise<void> {
  const modules = { release: kernel.release, folder: kernel.modules };
  const steps = await loadOrder(modules, MODULES, `${root}-modules`);
  const folders = ["bin", "modules", "proc", "sys", "dev", "system"];
  for (const name of ["", ...folders]) mkdirSync(join(root, name));
  const busybox = requireStaticBusybox();
  symlinkSync(busybox, join(root, "bin/busybox"));
  writeFileSync(join(root, "init"), INIT, { mode: 0o755 });
  writeFileSync(join(root, "modules/order"), orderText(steps));
  for (const step of steps) {
    writeFileSync(join(root, "modules", plainName(step)), await readModule(modules, step));
  }
  const files = ["bin/busybox", "init", "modules/order"];
  const loaded = steps.map((step) => `modules/${plainName(step)}`);
  await writeArchive(busybox, root, [...folders, ...files, ...loaded], path);
}
