import { createHash } from "node:crypto";

/** A number in [0, 1) for each call, the same for the same words. */
export function randomFor(...words: readonly (string | number)[]): () => number {
  let count = 0;
  return () => {
    const digest = createHash("sha256")
      .update(JSON.stringify([...words, count]))
      .digest();
    count += 1;
    return digest.readUIntBE(0, 6) / 2 ** 48;
  };
}

/** The same values in an order that the words decide. */
export function shuffled<Value>(
  values: readonly Value[],
  ...words: readonly (string | number)[]
): Value[] {
  const random = randomFor("order", ...words);
  return values
    .map((value) => ({ value, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
