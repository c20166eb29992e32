import type { Terminal } from "@xterm/xterm";

/** The terminal reads a piece without a pause, and lets the page go on between two of them. */
const most = 32_768;

/** Shows text or bytes of any length without holding the page up. @param onShown told how much of it, piece by piece */
export function writeInPieces<T extends string | Uint8Array>(
  terminal: Pick<Terminal, "write">,
  data: T,
  onShown: (length: number) => void = () => {},
): void {
  for (let at = 0; at < data.length; at += most) {
    const piece = data.slice(at, at + most);
    terminal.write(piece, () => onShown(piece.length));
  }
}
