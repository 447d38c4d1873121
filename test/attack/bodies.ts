// Bodies that aim at time and memory: each made anew, since a body that came before is only noted.
import { gzipSync } from 'node:zlib';

export interface AttackBody {
  readonly name: string;
  /**
   * @param salt makes it another body
   * @param part of its size, at most 1
   */
  readonly make: (salt: string, part?: number) => Buffer;
}

const MEGABYTE = 1024 * 1024;
/** Just below the service's PUSH_BODY_LIMIT. */
const LARGEST = 31 * MEGABYTE;
const largest = (part: number) => Math.floor(LARGEST * part);

const times = (count: number, unit: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => unit(index)).join(',');
const text =
  (make: (salt: string, part: number) => string) =>
  (salt: string, part = 1) =>
    Buffer.from(make(salt, part));
const callOf = (salt: string, fields: string) => `[{"callId":"${salt}",${fields}}]`;

export const ATTACK_BODIES: readonly AttackBody[] = [
  {
    name: '2,000,000 fields',
    make: text((salt, part) =>
      callOf(
        salt,
        times(2_000_000 * part, (index) => `"k${index}":0`),
      ),
    ),
  },
  {
    name: '20 records of 99,000 fields',
    make: text(
      (salt, part) =>
        `[${times(20 * part, (record) => `{"callId":"${salt}-${record}",${times(99_000, (index) => `"${record}k${index}":0`)}}`)}]`,
    ),
  },
  {
    name: '31 MB of blanks and a byte that is no UTF-8',
    make: (salt, part = 1) =>
      Buffer.concat([Buffer.from(salt), Buffer.alloc(largest(part), ' '), Buffer.from([0xff])]),
  },
  {
    name: '30 MB of 1, and broken',
    make: text((salt, part) => `[${salt.length},${'1,'.repeat(largest(part) / 2 - 8)},`),
  },
  {
    name: '2,000,000 blank-parted values, broken',
    make: text((salt, part) => `["${salt}"${' , 1'.repeat(1_999_990 * part)} 1`),
  },
  {
    name: '3,000 records of 600 fields 1e1',
    make: text(
      (salt, part) =>
        `[${times(3000 * part, (record) => `{"callId":"${salt}-${record}",${times(600, (index) => `"f${index}":1e1`)}}`)}]`,
    ),
  },
  {
    name: '45,000 records of 40 fields with exponents',
    make: text(
      (salt, part) =>
        `[${times(45_000 * part, (record) => `{"callId":"${salt}-${record}",${times(40, (index) => `"f${index}":1e1`)}}`)}]`,
    ),
  },
  {
    name: '50,000 records',
    make: text(
      (salt, part) =>
        `[${times(50_000 * part, (record) => `{"callId":"${salt}-${record}","taskId":"${salt}","batchId":"b","callee":"13900000001","originateTime":"2026-01-01 10:00:00","startTime":"2026-01-01 10:00:09","endTime":"2026-01-01 10:01:00","duration":51,"statusCode":"200000","smartStatusCode":"ANSWERED","outId":"${record}"}`)}]`,
    ),
  },
  {
    name: '50,000 elements that are no call',
    make: text((salt, part) => `["${salt}",${times(49_999 * part, (index) => `{"a":"${index}"}`)}]`),
  },
  {
    name: '1,400,000 levels',
    make: text((salt, part) =>
      callOf(salt, `"x":1e1,"y":${'['.repeat(1_400_000 * part)}${']'.repeat(1_400_000 * part)}`),
    ),
  },
  {
    name: '30 MB of digits',
    make: text((salt, part) => callOf(salt, `"x":1${'0'.repeat(30 * MEGABYTE * part)}`)),
  },
  {
    name: '30 MB of digits in a text',
    make: text((salt, part) => callOf(salt, `"x":1e1,"y":"${'1'.repeat(30 * MEGABYTE * part)}"`)),
  },
  {
    name: '8 MB of blanks within a record',
    make: text((salt, part) => callOf(salt, `"duration":1${' '.repeat(8 * MEGABYTE * part)}`)),
  },
  {
    name: '30 MB of backslashes',
    make: text((salt, part) => callOf(salt, `"x":1e1,"y":"${'\\'.repeat(30 * MEGABYTE * part)}"`)),
  },
  {
    name: '30 MB of escapes',
    make: text((salt, part) => callOf(salt, `"x":1e1,"y":"${'\\u0031'.repeat(5 * MEGABYTE * part)}"`)),
  },
  {
    name: '58 callees of 7 to 64 digits and two texts of 999,000 digits',
    make: text((salt, part) =>
      callOf(
        salt,
        `"inner":[${times(58, (index) => `{"callee":"${'1'.repeat(index + 7)}"}`)}],"a":"${'1'.repeat(999_000 * part)}","b":"${'12'.repeat(499_500 * part)}"`,
      ),
    ),
  },
  {
    name: '1,000 values of 30 kB each with a NUL',
    make: text((salt, part) =>
      callOf(
        salt,
        times(1000 * part, (index) => `"k${index}":"${'x'.repeat(30_000)}\\u0000"`),
      ),
    ),
  },
  {
    name: 'a callee of 30 MB of digits',
    make: text((salt, part) => callOf(salt, `"callee":"${'1'.repeat(30 * MEGABYTE * part)}"`)),
  },
  {
    name: '15,000,000 digits of another script',
    make: text((salt, part) => callOf(salt, `"x":"${'\u0661'.repeat(15_000_000 * part)}"`)),
  },
  {
    name: 'a callee of 15,000,000 letters of another script',
    make: text((salt, part) => callOf(salt, `"callee":"${'\u0639'.repeat(15_000_000 * part)}"`)),
  },
  {
    name: '31 MB of bytes that are no UTF-8',
    make: (salt, part = 1) => Buffer.concat([Buffer.from(salt), Buffer.alloc(largest(part), 0x81)]),
  },
];

export function packed(body: Buffer): Buffer {
  return gzipSync(body, { level: 1 });
}
