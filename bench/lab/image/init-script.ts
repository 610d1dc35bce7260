import { shellWord } from "../../../terminal/quote.js";
import { REQUESTED_DISK, SCRATCH_SERIAL, STATUS_PREFIX } from "../../environment/lab-guest.js";
import { stackDevices } from "./device-stack.js";
import { filesystemType, GUEST, type GuestDevice, type GuestJob, mountOptions } from "./job.js";

/** The guest's descriptor of the status port; before the port is up it is the console. */
export const STATUS_DESCRIPTOR = 3;

/** Names of the virtio-serial ports. */
export const PORTS = {
  status: "puntbench.status",
  log: "puntbench.log",
  output: "puntbench.output",
} as const;

const HEARTBEAT_SECONDS = 5;
const GUEST_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The first process of a guest: a shell script for busybox. On the status port it reports each step
 * as `step NAME UPTIME_SECONDS`, a failure as `fail TEXT` and the end of each command as
 * `exit INDEX CODE`. At the end it sends every file under /output on the output port: a line
 * `PATH SIZE`, then the file's bytes. A line `end` follows the last file.
 */
export function initScript(job: GuestJob): string {
  return [
    "#!/bin/busybox sh",
    PRELUDE,
    FUNCTIONS,
    LOAD_MODULES,
    OPEN_PORTS,
    job.shell ? "" : 'say "step started $(uptime_s)"',
    job.fault ? FAULTS[job.fault] : "",
    job.heartbeat
      ? `(while sleep ${HEARTBEAT_SECONDS}; do echo "${STATUS_PREFIX}alive" >&${STATUS_DESCRIPTOR}; done) &`
      : "",
    mountSystem(),
    job.input == null ? "" : `cp /input /system${GUEST.input}`,
    mountScratch(job),
    job.shell ? "" : 'say "step ready $(uptime_s)"',
    job.shell
      ? shellPrompt(job)
      : job.commands.map((_, index) => runCommand(job, index)).join("\n"),
    HAND_OVER,
    "",
  ].join("\n");
}

const PRELUDE = `export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
exec 0</dev/null ${STATUS_DESCRIPTOR}>/dev/console`;

const FUNCTIONS = `say() { echo "${STATUS_PREFIX}$*" >&${STATUS_DESCRIPTOR}; }
uptime_s() { cut -d' ' -f1 /proc/uptime; }
fail() { say "fail $*"; sleep 60; poweroff -f; }
port() {
  for found in /sys/class/virtio-ports/*; do
    [ "$(cat "$found/name" 2>/dev/null)" = "$1" ] && { echo "/dev/\${found##*/}"; return; }
  done
}
disk() {
  tries=0
  while [ "$tries" -lt 100 ]; do
    for found in /sys/block/*; do
      serial=$(cat "$found/serial" "$found/device/serial" 2>/dev/null | tr -d ' \\n')
      [ "$serial" = "$1" ] && { echo "/dev/\${found##*/}"; return; }
    done
    tries=$((tries + 1)); sleep 0.1
  done
}`;

const LOAD_MODULES = `while read -r module need parameters; do
  reason=$(insmod "/modules/$module" $parameters 2>&1) || [ "$need" = optional ] \\
    || fail "module $module: $reason"
done </modules/order`;

const OPEN_PORTS = `status=$(port ${PORTS.status})
[ -n "$status" ] && exec ${STATUS_DESCRIPTOR}>"$status"
log=$(port ${PORTS.log})
output=$(port ${PORTS.output})`;

const FAULTS = {
  panic: "echo c >/proc/sysrq-trigger; sleep 600",
  hang: "sleep 86400",
} as const;

function mountSystem(): string {
  return `mount -t ext4 -o ro,noload "$(disk system)" /system || fail "mount: the system image"
mount -t proc proc /system/proc
mount -t sysfs sysfs /system/sys
mount -t devtmpfs devtmpfs /system/dev
mount -t tmpfs tmpfs /system/tmp
mount -t tmpfs tmpfs /system${GUEST.output}
mount --bind ${GUEST.puntbench} /system${GUEST.puntbench}`;
}

function mountScratch(job: GuestJob): string {
  const options = mountOptions(job);
  const withOptions = options.length > 0 ? `-o ${shellWord(options.join(","))} ` : "";
  const type = filesystemType(job.filesystem);
  const device =
    job.device === "null_blk"
      ? makeNullDevice(job.guestDevice)
      : `scratch=$(disk ${SCRATCH_SERIAL})`;
  if (type === null) return `${device}\n${USE_DISK_ITSELF}`;
  const layered = job.filesystem === "overlay";
  const folder = layered ? LOWER : `/system${GUEST.scratch}`;
  // A disk of the host has its filesystem already.
  const isNew = job.device === "null_blk" || job.stack.length > 0;
  return `${device}
${stackDevices(job.stack)}
${isNew ? MAKE_FILESYSTEM : ""}
mkdir -p ${folder}
reason=$(mount -t ${type} ${withOptions}"$scratch" ${folder} 2>&1) \\
  || fail "mount: ${type} ${shellWord(options.join(","))} $reason; $(dmesg | tail -n 1)"
${layered ? MOUNT_OVERLAY : ""}`;
}

/** The bench makes a node of the disk in its scratch directory, which then holds no data. */
const USE_DISK_ITSELF = `[ -n "$scratch" ] || fail "the scratch disk is not there"
mount -t tmpfs -o mode=0700 tmpfs /system${GUEST.scratch} || fail "mount: tmpfs"
export ${REQUESTED_DISK}="$scratch"`;

const LOWER = "/system/tmp/layers";

const MOUNT_OVERLAY = `mkdir ${LOWER}/lower ${LOWER}/upper ${LOWER}/work
mount -t overlay -o lowerdir=${LOWER}/lower,upperdir=${LOWER}/upper,workdir=${LOWER}/work \\
  overlay /system${GUEST.scratch} || fail "mount: overlay: $(dmesg | tail -n 1)"`;

/**
 * Every page of the device is written once, so that no measured write pays for allocating it. New
 * kernels name the device after the folder; old kernels always name it nullb0.
 */
function makeNullDevice({ sizeBytes, latencyNs }: GuestDevice): string {
  const megabytes = Math.floor(sizeBytes / 2 ** 20);
  const completion = latencyNs > 0 ? `irqmode=2 completion_nsec=${latencyNs}` : "irqmode=0";
  const attributes = `size=${megabytes} memory_backed=1 queue_mode=2 submit_queues=1 ${completion} power=1`;
  return `scratch=/dev/nullb0
mount -t configfs configfs /sys/kernel/config
mkdir /sys/kernel/config/nullb/nullb0 || fail "null_blk: no device could be made"
for attribute in ${attributes}; do
  echo "\${attribute#*=}" >"/sys/kernel/config/nullb/nullb0/\${attribute%%=*}" || fail "null_blk: $attribute"
done
dd if=/dev/zero of="$scratch" bs=1M count=${megabytes} oflag=direct 2>/dev/null || fail "null_blk: filling"`;
}

const MAKE_FILESYSTEM = `PATH=${GUEST_PATH} /bin/chroot /system /bin/sh -c "$(cat /mkfs)" >/tmp/mkfs.log 2>&1 || fail "mkfs: $(tail -n 1 /tmp/mkfs.log)"`;

function runCommand(job: GuestJob, index: number): string {
  const words = [job.nodePath, ...(job.commands[index] as string[])].map(shellWord).join(" ");
  return `say "step command ${index} $(uptime_s)"
${environmentOf(job)} /bin/chroot /system ${words} >/system${GUEST.output}/stdout.${index} 2>"$log"
say "exit ${index} $?"`;
}

function environmentOf(job: GuestJob): string {
  const variables = { PATH: GUEST_PATH, HOME: "/tmp", ...job.environment };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${shellWord(value)}`)
    .join(" ");
}

function shellPrompt(job: GuestJob): string {
  return `cd /
echo "A prompt in Linux $(uname -r). ${GUEST.scratch} is ${job.filesystem}; node and puntbench are there. Leave with: exit" >/dev/console
${environmentOf(job)} /bin/setsid /bin/cttyhack /bin/chroot /system /bin/sh -c 'cd ${GUEST.scratch}; exec /bin/sh' \\
  </dev/ttyS0 >/dev/ttyS0 2>&1
poweroff -f`;
}

/** The lab ends the guest when it has everything, so the guest only waits here. */
const HAND_OVER = `cd /system${GUEST.output}
{ find . -type f | while read -r file; do
    echo "$file $(stat -c %s "$file")"
    cat "$file"
  done
  echo end
} >"$output"
say "done $(uptime_s)"
sleep 60
poweroff -f`;
