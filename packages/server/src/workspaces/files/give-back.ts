/** Smaller pieces are not worth a call, and may lie in memory that others have a part in. Bytes. */
const WORTH = 16 * 1024;

/**
 * Frees the memory of bytes that nobody reads any more, now and not when the collector comes. Memory outside its heap
 * counts as a reason to collect: at the pace of an upload it then goes through the whole heap 25 times for each GiB,
 * which is two thirds of the processor time that the upload takes.
 *
 * A piece of a larger buffer is left alone. Only for whoever got the bytes for good, and never before a write of them
 * has ended.
 */
export function giveBack(bytes: Uint8Array): void {
  const { buffer } = bytes;
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < WORTH || bytes.byteLength < buffer.byteLength) return;
  buffer.transfer(0);
}
