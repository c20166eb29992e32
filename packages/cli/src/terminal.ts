/** What a command says and to whom; a test hands in one that remembers. */
export interface Terminal {
  /** A result: stdout. */
  out(text: string): void;
  /** Progress, questions and errors: stderr. */
  err(text: string): void;
  /** True when a person can be asked. */
  readonly interactive: boolean;
  /** A yes-or-no question; false when the person turns away. Only when interactive. */
  confirm(question: string): Promise<boolean>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    async confirm(question) {
      const { confirm } = await import("@clack/prompts");
      return (await confirm({ message: question, initialValue: false, output: process.stderr })) === true;
    },
    env: process.env,
    cwd: process.cwd(),
  };
}
