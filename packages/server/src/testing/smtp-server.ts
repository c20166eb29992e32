import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and bodies as they came, without the dots that SMTP adds. */
  readonly text: string;
}

/** A mail server for tests: takes what comes in the right order, and keeps it; everything else it refuses. */
export interface SmtpServer {
  readonly url: string;
  /** Taken for good, in the order of their last line. */
  readonly received: ReceivedMail[];
  /** How many stand before the answer to their last line: with `hold` they wait there. */
  readonly waiting: number;
  /** What it says to RCPT; at first `250 ok`. */
  answerTo(recipient: string): void;
  /** From now on nothing is taken until what is returned is called. */
  hold(): () => void;
  close(): Promise<void>;
}

export async function startSmtpServer(): Promise<SmtpServer> {
  const received: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  let recipientAnswer = "250 ok";
  let gate: Promise<void> = Promise.resolve();
  let waiting = 0;

  async function take(socket: Socket, mail: ReceivedMail): Promise<void> {
    waiting += 1;
    await gate;
    waiting -= 1;
    received.push(mail);
    socket.write("250 queued\r\n");
  }

  const server = createServer((socket) => {
    sockets.add(socket.on("close", () => sockets.delete(socket)).on("error", () => {}));
    const talk = conversation({
      say: (line) => void socket.write(`${line}\r\n`),
      end: () => void socket.end("221 bye\r\n"),
      recipient: () => recipientAnswer,
      take: (mail) => void take(socket, mail),
    });
    let rest = "";
    socket.write("220 test\r\n");
    socket.on("data", (chunk) => {
      const lines = (rest + chunk.toString("utf8")).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) talk(line);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?ignoreTLS=true`,
    received,
    get waiting() {
      return waiting;
    },
    answerTo(answer) {
      recipientAnswer = answer;
    },
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

interface Side {
  say(line: string): void;
  end(): void;
  recipient(): string;
  take(mail: ReceivedMail): void;
}

/** One connection, line by line (RFC 5321, 4.1.4: the order of commands). */
function conversation({ say, end, recipient, take }: Side): (line: string) => void {
  let greeted = false;
  let from: string | null = null;
  let to: string[] = [];
  let body: string[] | null = null;
  const start = (): void => {
    from = null;
    to = [];
    body = null;
  };

  const commands: Readonly<Record<string, (line: string) => void>> = {
    EHLO() {
      greeted = true;
      start();
      say("250 test");
    },
    MAIL(line) {
      const address = /^MAIL FROM:<([^<>\s]*)>/i.exec(line)?.[1];
      if (!greeted || from !== null || address === undefined) return say("503 bad sequence");
      from = address;
      say("250 ok");
    },
    RCPT(line) {
      const address = /^RCPT TO:<([^<>\s]+@[^<>\s]+)>/i.exec(line)?.[1];
      if (from === null || address === undefined) return say("503 bad sequence");
      if (recipient().startsWith("2")) to.push(address);
      say(recipient());
    },
    DATA() {
      if (from === null || to.length === 0) return say("503 bad sequence");
      body = [];
      say("354 go");
    },
    RSET() {
      start();
      say("250 ok");
    },
    QUIT: end,
  };

  return (line) => {
    if (body === null) {
      const command = commands[line.slice(0, 4).toUpperCase()];
      return command === undefined ? say("500 unknown") : command(line);
    }
    if (line !== ".") {
      body.push(line.startsWith(".") ? line.slice(1) : line);
      return;
    }
    const mail = { from: from ?? "", to, text: body.join("\n") };
    start();
    take(mail);
  };
}
