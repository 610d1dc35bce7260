import type { Fields, FieldValue } from "./trace.js";

/** A field that holds a number. */
export interface Field {
  name: string;
  /** In C, without the field's name. */
  type: string;
  offset: number;
  size: number;
  signed: boolean;
}

/** One kind of event, as the kernel describes it in `events/<group>/<name>/format`. */
export interface EventFormat {
  id: number;
  name: string;
  /** Without arrays and strings: stacks are read from the text that the kernel prints. */
  fields: Field[];
}

const FIELD =
  /^\s*field:(?!__data_loc)(.*?)\b((?!common_)\w+);\s*offset:(\d+);\s*size:([1248]);(?:\s*signed:(\d);)?/gm;

export function parseFormat(text: string): EventFormat {
  const name = /^name: (\S+)/m.exec(text)?.[1];
  const id = /^ID: (\d+)/m.exec(text)?.[1];
  if (name === undefined || id === undefined) throw new Error(`no event format: ${text}`);
  const fields = [...text.matchAll(FIELD)].map(
    ([, type = "", field = "", offset, size, signed]) => ({
      name: field,
      type: type.trim(),
      offset: Number(offset),
      size: Number(size),
      signed: signed === "1",
    }),
  );
  return { id: Number(id), name, fields };
}

/** The fields of one event; `data` is its payload. */
export function decode({ fields }: EventFormat, data: Buffer): Fields {
  const present = fields.filter(({ offset, size }) => offset + size <= data.length);
  return Object.fromEntries(present.map((field) => [field.name, fieldValue(field, data)]));
}

function fieldValue({ offset, size, signed }: Field, data: Buffer): FieldValue {
  if (size !== 8) return signed ? data.readIntLE(offset, size) : data.readUIntLE(offset, size);
  const value = signed ? data.readBigInt64LE(offset) : data.readBigUInt64LE(offset);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
