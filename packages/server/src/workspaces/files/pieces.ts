/** A stream of bytes that several files stand in, one after the other. */
export interface Pieces extends AsyncDisposable {
  /** The next `size` bytes; to be read to its end before the one after it. @throws when the stream is shorter */
  next(size: number): AsyncGenerator<Uint8Array>;
}

/** Cuts a stream at sizes that are known beforehand. Closing it closes the stream. */
export function piecesOf(stream: AsyncIterable<Uint8Array>): Pieces {
  const chunks = stream[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  const more = async () => {
    const next = await chunks.next();
    if (next.done) throw new Error("the bytes ended before the last file did");
    return next.value;
  };
  return {
    async *next(size) {
      for (let left = size; left > 0; ) {
        if (rest.byteLength === 0) rest = await more();
        const piece = rest.subarray(0, left);
        rest = rest.subarray(piece.byteLength);
        left -= piece.byteLength;
        if (piece.byteLength > 0) yield piece;
      }
    },
    async [Symbol.asyncDispose]() {
      await chunks.return?.();
    },
  };
}
