const perLine = 16;

/** Bytes as `offset  hexadecimal  letters`, sixteen a line; what is no plain letter is a dot. */
export function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += perLine) {
    const part = Array.from(bytes.subarray(at, at + perLine));
    const figures = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const letters = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."));
    lines.push(`${at.toString(16).padStart(8, "0")}  ${figures.padEnd(perLine * 3 - 1)}  ${letters.join("")}`);
  }
  return lines;
}
