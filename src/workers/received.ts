/**
 * Makes a Buffer of bytes from another thread, without copying them. Messages between threads turn a Buffer into a
 * Uint8Array.
 */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
