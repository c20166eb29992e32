/** The server ended otherwise than in order; it has said why itself. */
export class ServerEnded extends Error {
  readonly exitCode: number;

  constructor(code: number | null, signal: NodeJS.Signals | null) {
    super(signal === null ? `The server ended with ${code}.` : `The server was ended by ${signal}.`);
    this.name = "ServerEnded";
    this.exitCode = code ?? 1;
  }
}
