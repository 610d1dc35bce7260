/** A number; a bigint only where a double cannot hold it, which is what kernel addresses are. */
export type FieldValue = number | bigint;
export type Fields = Readonly<Record<string, FieldValue>>;

/** One event of a trace, with the field names of the kernel's own format file. */
export interface TraceEvent {
  timeNs: number;
  /** Thread id. */
  tid: number;
  name: string;
  fields: Fields;
}

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
  fields: Field[];
}

const FIELD = /^\s*field:(.+?);\s*offset:(\d+);\s*size:(\d+);(?:\s*signed:(\d);)?/gm;

export function parseFormat(text: string): EventFormat {
  const name = /^name: (\S+)/m.exec(text)?.[1];
  const id = /^ID: (\d+)/m.exec(text)?.[1];
  if (name === undefined || id === undefined) throw new Error(`no event format: ${text}`);
  const fields = [...text.matchAll(FIELD)].flatMap(([, declaration, offset, size, signed]) => {
    const field = /(\w+)(\[[^\]]*\])?$/.exec(declaration as string);
    // Arrays and strings are not needed: stacks are read from the text that the kernel prints.
    if (field === null || field[2] !== undefined || declaration?.startsWith("__data_loc"))
      return [];
    return [
      {
        name: field[1] as string,
        type: (declaration as string).slice(0, field.index).trim(),
        offset: Number(offset),
        size: Number(size),
        signed: signed === "1",
      },
    ];
  });
  return { id: Number(id), name, fields: fields.filter(({ name }) => !name.startsWith("common_")) };
}

/** The fields of one event; `data` is its payload. */
export function decode(format: EventFormat, data: Buffer): Fields {
  const values: Record<string, FieldValue> = {};
  for (const field of format.fields) {
    if (field.offset + field.size <= data.length) values[field.name] = fieldValue(field, data);
  }
  return values;
}

/** A number, not a structure. */
export function isScalar({ size }: Field): boolean {
  return size === 1 || size === 2 || size === 4 || size === 8;
}

function fieldValue(field: Field, data: Buffer): FieldValue {
  const { offset, size, signed } = field;
  if (!isScalar(field)) return 0;
  if (size !== 8) {
    return signed ? data.readIntLE(offset, size) : data.readUIntLE(offset, size);
  }
  const value = signed ? data.readBigInt64LE(offset) : data.readBigUInt64LE(offset);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
