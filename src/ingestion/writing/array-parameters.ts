// The values of one column in, the array that PostgreSQL reads as a parameter out: as text, or in its binary form.
//
// `pg` would make text of everything, element by element with two regular expressions each, and PostgreSQL would read it
// again: that was a sixth of the service's time.

/** What stands in the text of an array. */
export type ArrayElement = string | number | boolean | null;

const NEEDS_ESCAPING = /["\\]/;
const EVERY_TO_ESCAPE = /["\\]/g;

/** Of numbers and booleans: nothing in them can be mistaken for the array's own signs. */
export function plainText<Row>(rows: readonly Row[], value: (row: Row) => ArrayElement): string {
  let text = '';
  for (const row of rows) text += `,${value(row) ?? 'NULL'}`;
  return `{${text.slice(1)}}`;
}

/** Of texts and whatever else is written as a text. */
export function quotedText<Row>(rows: readonly Row[], value: (row: Row) => ArrayElement): string {
  let text = '';
  for (const row of rows) {
    const element = value(row);
    if (element === null) text += ',NULL';
    else text += `,"${escaped(String(element))}"`;
  }
  return `{${text.slice(1)}}`;
}

function escaped(text: string): string {
  return NEEDS_ESCAPING.test(text) ? text.replace(EVERY_TO_ESCAPE, '\\$&') : text;
}

/** The array's header: dimensions, whether there may be nulls, type, size, number of the first element. */
const HEADER_BYTES = 20;
const BYTEA_OID = 17;
const JSONB_OID = 3802;
/** Stands before the text of each in jsonb's binary form. */
const JSONB_VERSION = 1;
const TIMESTAMPTZ_OID = 1184;
const INSTANT_BYTES = 8;
/** PostgreSQL's instants are microseconds since 2000. */
const EPOCH_2000_MS = 946_684_800_000;
const TWO_TO_22 = 2 ** 22;
const TWO_TO_32 = 2 ** 32;

/** @param value epoch milliseconds of the years 1 to 9999 */
export function binaryInstants<Row>(rows: readonly Row[], value: (row: Row) => number | null): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + rows.length * (4 + INSTANT_BYTES));
  let end = writeHeader(buffer, TIMESTAMPTZ_OID, rows.length);
  for (const row of rows) {
    const epochMs = value(row);
    end = buffer.writeInt32BE(epochMs === null ? -1 : INSTANT_BYTES, end);
    if (epochMs !== null) end = writeMicroseconds(buffer, epochMs - EPOCH_2000_MS, end);
  }
  return buffer.subarray(0, end);
}

export function binaryBytes<Row>(rows: readonly Row[], value: (row: Row) => Buffer): Buffer {
  const elements = rows.map((row) => value(row));
  const bytes = elements.reduce((sum, { length }) => sum + length, 0);
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + rows.length * 4 + bytes);
  let end = writeHeader(buffer, BYTEA_OID, rows.length);
  for (const element of elements) {
    end = buffer.writeInt32BE(element.length, end);
    end += element.copy(buffer, end);
  }
  return buffer.subarray(0, end);
}

/**
 * Of JSON texts. In the text of an array each of their quotes would have to be escaped: of a text of 30 MB that took a second and
 * 900 MB.
 */
export function binaryJson<Row>(rows: readonly Row[], value: (row: Row) => string | null): Buffer {
  const elements = rows.map((row) => value(row));
  const lengths = elements.map((json) => (json === null ? 0 : 1 + Buffer.byteLength(json)));
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + rows.length * 4 + bytes);
  let end = writeHeader(buffer, JSONB_OID, rows.length);
  elements.forEach((json, index) => {
    end = buffer.writeInt32BE(json === null ? -1 : (lengths[index] ?? 0), end);
    if (json === null) return;
    end = buffer.writeUInt8(JSONB_VERSION, end);
    end += buffer.write(json, end);
  });
  return buffer.subarray(0, end);
}

/** @returns where the elements begin */
function writeHeader(buffer: Buffer, oid: number, elements: number): number {
  // An array without elements has no dimension, and nothing follows.
  buffer.writeInt32BE(elements === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(oid, 8);
  if (elements === 0) return 12;
  buffer.writeInt32BE(elements, 12);
  return buffer.writeInt32BE(1, 16);
}

/** Microseconds of far years are beyond what a number holds exactly, and BigInt takes ten times as long: in two halves. */
function writeMicroseconds(buffer: Buffer, milliseconds: number, at: number): number {
  const upper = Math.floor(milliseconds / TWO_TO_22);
  const thousands = upper * 1000;
  const high = Math.floor(thousands / 1024);
  const low = (thousands - high * 1024) * TWO_TO_22 + (milliseconds - upper * TWO_TO_22) * 1000;
  const carry = Math.floor(low / TWO_TO_32);
  buffer.writeInt32BE(high + carry, at);
  return buffer.writeUInt32BE(low - carry * TWO_TO_32, at + 4);
}

/** What a run may have at most. A row that is larger alone is a run of its own. */
export interface PieceLimits {
  readonly rows: number;
  /** As the rows are measured. */
  readonly size: number;
}

export function pieces<Row>(
  rows: readonly Row[],
  most: PieceLimits,
  sizeOf: (row: Row) => number = () => 0,
): Row[][] {
  const found: Row[][] = [];
  let piece: Row[] = [];
  let size = 0;
  for (const row of rows) {
    const ofRow = sizeOf(row);
    if (piece.length === 0 || piece.length >= most.rows || size + ofRow > most.size) {
      piece = [];
      found.push(piece);
      size = 0;
    }
    piece.push(row);
    size += ofRow;
  }
  return found;
}
