import { readFile, rm, writeFile } from "node:fs/promises";
import { UserError } from "../../../terminal/errors.js";
import { runOrFail } from "../host/process.js";

const DECOMPRESS_TIMEOUT_MS = 60_000;
const ZSTD_MAGIC = 0xfd2fb528;
const ELF_MAGIC = 0x464c457f;
/** The payload ends with the size of the uncompressed kernel, which is not part of zstd's format. */
const SIZE_BYTES = 4;
const REMEDY = "Fetch the kernel anew: `puntbench lab clean`, then the same command.";

/**
 * The compressed kernel inside a bzImage (Documentation/arch/x86/boot.rst: `setup_sects`,
 * `payload_offset`, `payload_length`); null when the image is not of that form.
 */
export function bzImagePayload(image: Buffer): Buffer | null {
  if (image.length < 0x260 || image.toString("ascii", 0x202, 0x206) !== "HdrS") return null;
  const setupSectors = image.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  const end = start + image.readUInt32LE(0x24c);
  return end > start && end <= image.length ? image.subarray(start, end) : null;
}

/**
 * Decompresses a kernel on the host, since an emulated CPU takes over a second for it. qemu starts
 * the ELF file through its PVH entry. Writes nothing where that is not possible or not needed: for a
 * kernel without PVH, or with a quick compression (LZ4, which Debian used up to 6.1).
 */
export async function writeUncompressedKernel(
  vmlinuz: string,
  configuration: string,
  output: string,
): Promise<void> {
  const payload = bzImagePayload(await readFile(vmlinuz));
  if (payload?.readUInt32LE(0) !== ZSTD_MAGIC) return;
  if (!/^CONFIG_PVH=y$/m.test(configuration)) return;
  const compressed = `${output}.zst`;
  await writeFile(compressed, payload.subarray(0, -SIZE_BYTES));
  const { stdoutBytes } = await runOrFail("zstd", ["-dcq", compressed], {
    timeoutMs: DECOMPRESS_TIMEOUT_MS,
    package: "zstd",
    doing: "decompressing the kernel",
    remedy: REMEDY,
  });
  await rm(compressed);
  const expectedBytes = payload.readUInt32LE(payload.length - SIZE_BYTES);
  if (stdoutBytes.length !== expectedBytes || stdoutBytes.readUInt32LE(0) !== ELF_MAGIC) {
    throw new UserError(`${vmlinuz}: its kernel does not unpack to what its size says`, REMEDY);
  }
  await writeFile(output, stdoutBytes);
}
