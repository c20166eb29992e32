/** What a zip says of an entry: a local header before its bytes, a descriptor after them, and the central directory's. */
export interface ZipEntry {
  /** Folders end with `/`. */
  readonly name: Buffer;
  readonly isUtf8: boolean;
  readonly modifiedAt: Date;
  /** Permissions and kind, as lstat has them. */
  readonly mode: number;
  /** It may become so large that its sizes need eight bytes each. */
  readonly isLarge: boolean;
  /** Where its local header begins in the archive. */
  readonly offset: number;
  /** Known when its bytes are through. */
  crc: number;
  packed: number;
  size: number;
}

const MOST_32 = 0xffff_ffff;
const MOST_16 = 0xffff;
const ZIP64 = 45;
const PLAIN = 20;
const ON_UNIX = 3 << 8;
const DEFLATED = 8;
/** Sizes and checksum follow the bytes; the name is UTF-8. */
const FLAG_DESCRIPTOR = 0x8;
const FLAG_UTF8 = 0x800;

/** Formats are those of PKWARE's APPNOTE 6.3.10, §4.3 to §4.5. */
export function localHeader(entry: ZipEntry): Buffer {
  const extra = Buffer.concat([timeExtra(entry), entry.isLarge ? sizesExtra(0n, 0n) : Buffer.alloc(0)]);
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(0x04034b50, 0);
  fixed.writeUInt16LE(entry.isLarge ? ZIP64 : PLAIN, 4);
  fixed.writeUInt16LE(flagsOf(entry), 6);
  fixed.writeUInt16LE(methodOf(entry), 8);
  writeDosTime(fixed, 10, entry.modifiedAt);
  // The checksum stays zero; so do the sizes, or say that they are in the extra field.
  if (entry.isLarge) fixed.fill(0xff, 18, 26);
  fixed.writeUInt16LE(entry.name.byteLength, 26);
  fixed.writeUInt16LE(extra.byteLength, 28);
  return Buffer.concat([fixed, entry.name, extra]);
}

/** Folders have none. */
export function dataDescriptor(entry: ZipEntry): Buffer {
  const record = Buffer.alloc(entry.isLarge ? 24 : 16);
  record.writeUInt32LE(0x08074b50, 0);
  record.writeUInt32LE(entry.crc, 4);
  if (entry.isLarge) {
    record.writeBigUInt64LE(BigInt(entry.packed), 8);
    record.writeBigUInt64LE(BigInt(entry.size), 16);
  } else {
    record.writeUInt32LE(entry.packed, 8);
    record.writeUInt32LE(entry.size, 12);
  }
  return record;
}

export function directoryRecord(entry: ZipEntry): Buffer {
  const isFar = entry.offset >= MOST_32;
  const isWide = entry.isLarge || isFar;
  const wide = isWide ? sizesExtra(BigInt(entry.size), BigInt(entry.packed), BigInt(entry.offset)) : Buffer.alloc(0);
  const extra = Buffer.concat([timeExtra(entry), wide]);
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  fixed.writeUInt16LE(ON_UNIX | ZIP64, 4);
  fixed.writeUInt16LE(isWide ? ZIP64 : PLAIN, 6);
  fixed.writeUInt16LE(flagsOf(entry), 8);
  fixed.writeUInt16LE(methodOf(entry), 10);
  writeDosTime(fixed, 12, entry.modifiedAt);
  fixed.writeUInt32LE(entry.crc, 16);
  fixed.writeUInt32LE(isWide ? MOST_32 : entry.packed, 20);
  fixed.writeUInt32LE(isWide ? MOST_32 : entry.size, 24);
  fixed.writeUInt16LE(entry.name.byteLength, 28);
  fixed.writeUInt16LE(extra.byteLength, 30);
  // The upper half is Unix's mode; the lowest bit of the fifth is what DOS calls a directory.
  fixed.writeUInt32LE((((entry.mode & MOST_16) << 16) | (isFolder(entry) ? 0x10 : 0)) >>> 0, 38);
  fixed.writeUInt32LE(isWide ? MOST_32 : entry.offset, 42);
  return Buffer.concat([fixed, entry.name, extra]);
}

/** @param start where the directory begins, @param size its bytes */
export function endRecords(entries: number, start: number, size: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, MOST_16), 8);
  end.writeUInt16LE(Math.min(entries, MOST_16), 10);
  end.writeUInt32LE(Math.min(size, MOST_32), 12);
  end.writeUInt32LE(Math.min(start, MOST_32), 16);
  if (entries < MOST_16 && start < MOST_32 && size < MOST_32) return end;
  const wide = Buffer.alloc(56);
  wide.writeUInt32LE(0x06064b50, 0);
  wide.writeBigUInt64LE(44n, 4);
  wide.writeUInt16LE(ON_UNIX | ZIP64, 12);
  wide.writeUInt16LE(ZIP64, 14);
  wide.writeBigUInt64LE(BigInt(entries), 24);
  wide.writeBigUInt64LE(BigInt(entries), 32);
  wide.writeBigUInt64LE(BigInt(size), 40);
  wide.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([wide, locator, end]);
}

function isFolder(entry: ZipEntry): boolean {
  return entry.name.at(-1) === 0x2f;
}

function flagsOf(entry: ZipEntry): number {
  return (isFolder(entry) ? 0 : FLAG_DESCRIPTOR) | (entry.isUtf8 ? FLAG_UTF8 : 0);
}

function methodOf(entry: ZipEntry): number {
  return isFolder(entry) ? 0 : DEFLATED;
}

/** Zip64's extra field: size, packed size and, in the directory, the offset. */
function sizesExtra(...values: readonly bigint[]): Buffer {
  const extra = Buffer.alloc(4 + 8 * values.length);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(8 * values.length, 2);
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(value, 4 + 8 * index);
  return extra;
}

/** Info-ZIP's: seconds since 1970, where DOS has local time in steps of two seconds. */
function timeExtra({ modifiedAt }: ZipEntry): Buffer {
  const extra = Buffer.alloc(9);
  extra.writeUInt16LE(0x5455, 0);
  extra.writeUInt16LE(5, 2);
  extra.writeUInt8(1, 4);
  const seconds = Math.floor(modifiedAt.getTime() / 1000);
  extra.writeInt32LE(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, seconds)), 5);
  return extra;
}

/** From 1980 to 2107; beyond them the nearest that there is. */
function writeDosTime(record: Buffer, at: number, time: Date): void {
  const year = time.getFullYear();
  const clamped = year < 1980 ? new Date(1980, 0, 1) : year > 2107 ? new Date(2107, 11, 31) : time;
  const clock = (clamped.getHours() << 11) | (clamped.getMinutes() << 5) | (clamped.getSeconds() >> 1);
  const day = ((clamped.getFullYear() - 1980) << 9) | ((clamped.getMonth() + 1) << 5) | clamped.getDate();
  record.writeUInt16LE(clock, at);
  record.writeUInt16LE(day, at + 2);
}
