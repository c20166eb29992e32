const CONTINUATION = 0x0;
const TEXT = 0x1;
const BINARY = 0x2;
/** Two bytes, eight of length; the mask is skipped with what it masks. */
const LONGEST_HEADER = 10;

/**
 * Reads the heads of the WebSocket frames that a browser sends, whatever pieces they come in, and leaves their content
 * alone. Answers to pings and other control frames are none of a person's doing, and are passed over.
 * @param onMessage called for each data frame
 * @returns takes the bytes
 */
export function createSentMessages(onMessage: (binary: boolean) => void): (bytes: Uint8Array) => void {
  const header = new Uint8Array(LONGEST_HEADER);
  let known = 0;
  let skip = 0;
  let binary = false;

  const headerEnds = (): void => {
    const opcode = (header[0] ?? 0) & 0x0f;
    skip = lengthIn(header) + (((header[1] ?? 0) & 0x80) === 0 ? 0 : 4);
    known = 0;
    if (opcode === TEXT || opcode === BINARY) binary = opcode === BINARY;
    else if (opcode !== CONTINUATION) return;
    onMessage(binary);
  };

  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      if (skip > 0) {
        const passed = Math.min(skip, bytes.length - at);
        skip -= passed;
        at += passed;
        continue;
      }
      header[known] = bytes[at] ?? 0;
      known += 1;
      at += 1;
      if (known >= 2 && known === headerLength(header[1] ?? 0)) headerEnds();
    }
  };
}

function headerLength(second: number): number {
  const length = second & 0x7f;
  return length === 126 ? 4 : length === 127 ? LONGEST_HEADER : 2;
}

function lengthIn(header: Uint8Array): number {
  const view = new DataView(header.buffer);
  const short = view.getUint8(1) & 0x7f;
  if (short < 126) return short;
  return short === 126 ? view.getUint16(2) : Number(view.getBigUint64(2));
}
