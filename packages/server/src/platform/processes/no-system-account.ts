import { StoaError } from "../errors/stoa-error.ts";

/**
 * The person's system account, or a process under it, could not be had: the machine's or the broker's fault, never the
 * person's; the log says which. A class of its own, so that an API may have words of its own for it.
 */
export class NoSystemAccount extends StoaError {
  constructor(cause: unknown) {
    super("unavailable", { details: { what: "What is done under a person's own system account" }, cause });
  }
}
