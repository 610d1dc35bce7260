/** One record of a trace buffer, before its fields are known. */
export interface RawRecord {
  timeNs: number;
  data: Buffer;
}

/** Where a page of the buffer keeps its records, from `events/header_page`. */
export interface PageLayout {
  pageBytes: number;
  dataOffset: number;
}

export function parsePageLayout(headerPage: string): PageLayout {
  const data = /field: char data;\s*offset:(\d+);\s*size:(\d+);/.exec(headerPage);
  if (data === null) throw new Error(`no page header: ${headerPage}`);
  const dataOffset = Number(data[1]);
  return { dataOffset, pageBytes: dataOffset + Number(data[2]) };
}

// events/header_event, include/linux/ring_buffer.h.
const PADDING = 29;
const TIME_EXTEND = 30;
const TIME_STAMP = 31;
const COMMITTED = 0xf_ffff;
const EXTEND_NS = 2 ** 27;

/** Records of one page as `trace_pipe_raw` hands it over. The trace clock must count nanoseconds. */
export function recordsOf(page: Buffer, { dataOffset }: PageLayout): RawRecord[] {
  let timeNs = Number(page.readBigUInt64LE(0));
  const end = Math.min(page.length, dataOffset + (page.readUInt32LE(8) & COMMITTED));
  const records: RawRecord[] = [];
  for (let at = dataOffset; at + 4 <= end; ) {
    const head = page.readUInt32LE(at);
    const type = head & 0x1f;
    const delta = head >>> 5;
    const hasSecond = type === 0 || type >= PADDING;
    // A page that ends within a record ends before it.
    if (hasSecond && at + 8 > page.length) break;
    const second = hasSecond ? page.readUInt32LE(at + 4) : 0;
    if (type === PADDING) {
      if (delta === 0) break;
      at += 4 + second;
    } else if (type === TIME_EXTEND) {
      timeNs += delta + second * EXTEND_NS;
      at += 8;
    } else if (type === TIME_STAMP) {
      // 59 bits; the upper five are those of the page.
      timeNs = delta + second * EXTEND_NS;
      at += 8;
    } else {
      timeNs += delta;
      // A length of 0 in the head: the next word holds the length, with its own four bytes.
      const bytes = type === 0 ? Math.max(0, second - 4) : type * 4;
      const start = type === 0 ? at + 8 : at + 4;
      records.push({ timeNs, data: page.subarray(start, start + bytes) });
      at = start + Math.ceil(bytes / 4) * 4;
    }
  }
  return records;
}
