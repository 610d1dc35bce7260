import { PORTS } from "../image/init-script.js";

/** Descriptors that qemu inherits; 0 to 2 are the ordinary ones. */
export const DESCRIPTORS = { console: 3, status: 4, log: 5, output: 6 } as const;

/** The console and the ports of a guest that the lab follows. */
export const CHANNELS = {
  console: { fd: DESCRIPTORS.console },
  ports: [
    { name: PORTS.status, channel: { fd: DESCRIPTORS.status } },
    { name: PORTS.log, channel: { fd: DESCRIPTORS.log } },
    { name: PORTS.output, channel: { fd: DESCRIPTORS.output } },
  ],
} as const;
