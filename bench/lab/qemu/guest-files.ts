import { closeSync, constants, fchownSync, openSync } from "node:fs";
import type { MachineSpec } from "./arguments.js";
import type { GuestUser } from "./confined.js";

/** A guest's machine without its channels. Its kernel, initramfs and scratch disk are made for this guest alone. */
export type Hardware = Omit<MachineSpec, "console" | "ports">;

/** The files of a guest, open. The n-th is descriptor `first + n` of qemu. */
export interface GuestFiles {
  descriptors: number[];
  /** The same hardware, with paths that name qemu's descriptors. */
  hardware: Hardware;
  close(): void;
}

const { O_NOFOLLOW, O_RDONLY, O_RDWR } = constants;

/**
 * Opens the files of a guest for qemu, which could not reach them by path: its user cannot enter the cache folder. qemu
 * opens the descriptors again, so the files of this guest become that user's. The system image, which guests share,
 * stays read-only.
 */
export function openGuestFiles(
  hardware: Hardware,
  user: GuestUser | null,
  first: number,
): GuestFiles {
  const descriptors: number[] = [];
  const open = (path: string, flags: number): string => {
    descriptors.push(openSync(path, flags | O_NOFOLLOW));
    return `/dev/fd/${first + descriptors.length - 1}`;
  };
  const openOwned = (path: string, flags: number): string => {
    const name = open(path, flags);
    if (user) fchownSync(descriptors.at(-1) as number, user.id, user.id);
    return name;
  };
  const close = () => {
    for (const descriptor of descriptors) closeSync(descriptor);
  };
  const { kernel, initramfs, systemImage, scratch } = hardware;
  try {
    return {
      descriptors,
      close,
      hardware: {
        ...hardware,
        kernel: openOwned(kernel, O_RDONLY),
        initramfs: openOwned(initramfs, O_RDONLY),
        systemImage: open(systemImage, O_RDONLY),
        scratch: scratch && { ...scratch, image: openOwned(scratch.image, O_RDWR) },
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}
