/**
 * Hands each item to `work`, at most `count` at a time, with the number of its slot, from 0. After a failure no further item is begun;
 * the first failure is thrown when those that were begun have ended, so that nothing runs on behind the caller's back.
 */
export async function atOnce<T>(
  items: readonly T[],
  count: number,
  work: (item: T, slot: number) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const failures: unknown[] = [];
  const runSlot = async (slot: number) => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await work(item, slot);
      } catch (error) {
        failures.push(error);
        queue.length = 0;
      }
    }
  };
  const slots = Math.min(count, items.length);
  await Promise.all(Array.from({ length: slots }, (_, slot) => runSlot(slot)));
  if (failures.length > 0) throw failures[0];
}
