import fc from "fast-check";

/** One change of bytes. Numbers are reduced to what the input has. */
type Edit =
  | { kind: "set" | "insert"; at: number; value: number }
  | { kind: "word"; at: number; value: number; bytes: 2 | 4 | 8 }
  | { kind: "remove" | "repeat" | "cut"; at: number; length: number }
  | { kind: "splice"; at: number; text: string };

/** Numbers at the borders of what fits into a field. */
const BORDERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** Words that change the meaning of text. */
const WORDS = [
  "\n",
  "\0",
  '"',
  "{",
  "[",
  "]",
  ":",
  ",",
  "null",
  "-1",
  "1e999",
  "__proto__",
  "\u001b[",
  ")",
  " ",
  "\\u0000",
];

const at = fc.nat(1 << 16);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constantFrom("set", "insert"), at, value: fc.nat(255) }),
  fc.record({
    kind: fc.constant("word"),
    at,
    value: fc.oneof(fc.constantFrom(...BORDERS), fc.nat(0xffffffff)),
    bytes: fc.constantFrom(2, 4, 8),
  }),
  fc.record({ kind: fc.constantFrom("remove", "repeat", "cut"), at, length: fc.nat(64) }),
  fc.record({ kind: fc.constant("splice"), at, text: fc.constantFrom(...WORDS) }),
) as fc.Arbitrary<Edit>;

/** Samples with up to eight changes. A failing input is shrunk to the fewest changes. */
export function mutationsOf(samples: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.nat(samples.length - 1), fc.array(edit, { maxLength: 8 }))
    .map(([index, edits]) => edits.reduce(changed, samples[index] as Buffer));
}

function changed(input: Buffer, change: Edit): Buffer {
  const position = change.at % (input.length + 1);
  const before = input.subarray(0, position);
  switch (change.kind) {
    case "set":
      return joined(before, [change.value], input.subarray(position + 1));
    case "insert":
      return joined(before, [change.value], input.subarray(position));
    case "word":
      return joined(
        before,
        word(change.value, change.bytes),
        input.subarray(position + change.bytes),
      );
    case "remove":
      return joined(before, [], input.subarray(position + change.length));
    case "repeat": {
      const piece = input.subarray(position, position + change.length);
      return joined(
        before,
        Buffer.concat([piece, piece]),
        input.subarray(position + change.length),
      );
    }
    case "cut":
      return before;
    case "splice":
      return joined(before, Buffer.from(change.text), input.subarray(position));
  }
}

function joined(before: Buffer, middle: Uint8Array | readonly number[], after: Buffer): Buffer {
  return Buffer.concat([before, Uint8Array.from(middle), after]);
}

/** Half of the formats are little-endian, the histogram is big-endian: the value decides. */
function word(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(8);
  if (value % 2 === 0) buffer.writeBigUInt64LE(BigInt(value));
  else buffer.writeUInt32BE(value, bytes <= 4 ? 0 : 4);
  return buffer.subarray(0, bytes);
}
