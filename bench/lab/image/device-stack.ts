/**
 * Layers between the scratch disk and its filesystem, lowest first: dm-crypt, dm-linear as LVM uses it, and an md RAID
 * with one of two disks. Their device-mapper uuids begin as those of cryptsetup and LVM.
 */
export const STACK_LAYERS = ["luks", "lvm", "raid1"] as const;
export type StackLayer = (typeof STACK_LAYERS)[number];

/** What a layer needs in the guest. The names of programs are also those of their Debian packages. */
interface LayerNeeds {
  modules: readonly string[];
  program: string;
  /** A command of the init script; it sets $scratch to the new device. */
  command: string;
}

/** The data is random test data, so the key is no secret. */
const TEST_KEY = "00112233445566778899aabbccddeeff".repeat(2);

const LAYERS: Readonly<Record<StackLayer, LayerNeeds>> = {
  luks: {
    modules: ["dm_crypt", "xts"],
    program: "dmsetup",
    command: `stack_dm luks CRYPT-PLAIN "crypt aes-xts-plain64 ${TEST_KEY} 0 $scratch 0"`,
  },
  lvm: {
    modules: ["dm_mod"],
    program: "dmsetup",
    command: 'stack_dm lvm LVM "linear $scratch 0"',
  },
  raid1: { modules: ["raid1"], program: "mdadm", command: "stack_raid1" },
};

export const stackModules = (stack: readonly StackLayer[]): string[] =>
  stack.flatMap((layer) => LAYERS[layer].modules);

export const stackPrograms = (stack: readonly StackLayer[]): string[] => [
  ...new Set(stack.map((layer) => LAYERS[layer].program)),
];

/** Where the init script links the topmost device, for the program that makes the filesystem. */
export const STACKED_DEVICE = "/dev/scratch";

const FUNCTIONS = `layers=0
in_system() {
  PATH=/usr/sbin:/usr/bin:/sbin:/bin /bin/chroot /system "$@" >/tmp/stack.log 2>&1 || fail "$*: $(tail -n 1 /tmp/stack.log)"
}
stack_dm() {
  size=$(cat "/sys/class/block/\${scratch##*/}/size")
  in_system dmsetup create "$1" --noudevsync --uuid "$2-puntbench" --table "0 $size $3"
  scratch=/dev/dm-$layers
  layers=$((layers + 1))
}
stack_raid1() {
  in_system mdadm --build /dev/md0 --level=1 --raid-devices=2 "$scratch" missing
  scratch=/dev/md0
}`;

/** The part of the init script that puts the layers on $scratch; "" without layers. */
export function stackDevices(stack: readonly StackLayer[]): string {
  if (stack.length === 0) return "";
  return [
    FUNCTIONS,
    ...stack.map((layer) => LAYERS[layer].command),
    `ln -sf "$scratch" ${STACKED_DEVICE}`,
  ].join("\n");
}
