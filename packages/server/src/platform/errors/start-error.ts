/**
 * The server can't start, and the operator can mend it. Printed as it is, without a stack:
 * `message` says what is wrong with what, `remedy` what to do.
 */
export class StartError extends Error {
  readonly remedy: string;
  /** True when it may be over by itself: whoever supervises the server should try again. */
  readonly passing: boolean;

  constructor(message: string, remedy: string, options: { cause?: unknown; passing?: boolean } = {}) {
    super(message, options);
    this.name = "StartError";
    this.remedy = remedy;
    this.passing = options.passing ?? false;
  }
}
