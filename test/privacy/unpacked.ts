import { gunzipSync } from 'node:zlib';

/** A value as it was before it was compressed. A hash may begin as gzip does, and is no gzip: it stays as it is. */
export function unpacked(value: Buffer): Buffer {
  if (value[0] !== 0x1f || value[1] !== 0x8b) return value;
  try {
    return gunzipSync(value);
  } catch {
    return value;
  }
}
