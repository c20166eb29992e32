import { crc32, deflateRawSync } from "node:zlib";
import { type Header, pack } from "tar-stream";

/** An entry of a zip that a test makes, honest where it says nothing else. */
export interface MadeZipEntry {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** Unix's, with the kind. */
  readonly mode?: number;
  readonly flags?: number;
  readonly method?: number;
  /** As the archive claims. */
  readonly size?: number;
  readonly crc?: number;
  /** 3: Unix, 0: DOS. */
  readonly madeOn?: number;
}

const UTF8 = 0x800;

/** A zip as its bytes: no library makes the bad ones. */
export function makeZip(entries: readonly MadeZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { local, central } = records(entry, offset);
    files.push(local);
    directory.push(central);
    offset += local.byteLength;
  }
  const central = Buffer.concat(directory);
  const count = Math.min(entries.length, 0xffff);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.byteLength, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([
    ...files,
    central,
    ...(entries.length >= 0xffff ? zip64End(entries.length, offset, central.byteLength) : []),
    end,
  ]);
}

function records(entry: MadeZipEntry, offset: number): { local: Buffer; central: Buffer } {
  const name = Buffer.from(entry.name);
  const content = Buffer.from(entry.content ?? "");
  const method = entry.method ?? 8;
  const data = method === 8 ? deflateRawSync(content) : content;
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(entry.flags ?? UTF8, 2);
  common.writeUInt16LE(method, 4);
  common.writeUInt32LE(entry.crc ?? crc32(content), 10);
  common.writeUInt32LE(data.byteLength, 14);
  common.writeUInt32LE(entry.size ?? content.byteLength, 18);
  common.writeUInt16LE(name.byteLength, 22);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
  tail.writeUInt32LE(offset, 10);
  const madeBy = Buffer.from([20, entry.madeOn ?? 3]);
  return {
    local: Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name, data]),
    central: Buffer.concat([Buffer.from("PK\x01\x02", "latin1"), madeBy, common, tail, name]),
  };
}

function zip64End(count: number, offset: number, size: number): Buffer[] {
  const end = Buffer.alloc(56);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return [end, locator];
}

/** A tar of entries, of any kind; contents by `content`. */
export async function makeTar(
  entries: readonly (Partial<Header> & { readonly name: string; readonly content?: string | Buffer })[],
): Promise<Buffer> {
  const archive = pack();
  for (const { content = "", ...header } of entries) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
