import { damaged } from "./damaged.ts";

const LONGEST_LINE = 1024 * 1024;
const LINE_FEED = 0x0a;

/** Lines and counted bytes from a stream. An end in the middle of either is damage. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #buffered: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next line, its line feed included. */
  async line(): Promise<Buffer> {
    for (let from = 0; ; ) {
      const end = this.#buffered.indexOf(LINE_FEED, from);
      if (end !== -1) return this.#cut(end + 1);
      from = this.#buffered.length;
      if (from > LONGEST_LINE || !(await this.#more())) throw damaged("it ends too early");
    }
  }

  async take(length: number): Promise<Buffer> {
    while (this.#buffered.length < length) if (!(await this.#more())) throw damaged("it ends too early");
    return this.#cut(length);
  }

  async atEnd(): Promise<boolean> {
    return this.#buffered.length === 0 && !(await this.#more());
  }

  #cut(length: number): Buffer {
    const cut = this.#buffered.subarray(0, length);
    this.#buffered = this.#buffered.subarray(length);
    return cut;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next().catch((cause: unknown) => {
      throw damaged("it can't be unpacked", cause);
    });
    if (done) return false;
    this.#buffered = this.#buffered.length === 0 ? value : Buffer.concat([this.#buffered, value]);
    return true;
  }
}
