import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import type { NewOperation, OperationKind, OperationRun } from "../operations/contract.ts";
import { createSecretBox } from "../secrets/secret-box.ts";
import { mailHtml } from "./mail-html.ts";
import { createMailer } from "./mailer.ts";
import type { MailTables } from "./tables.ts";

let database: TestDatabase;
let smtp: Server;
let received: string[] = [];
/** What the mail server says to RCPT. */
let answer = "250 ok";

beforeAll(async () => {
  database = await createTestDatabase();
  smtp = createServer((socket) => {
    let inBody = false;
    socket.write("220 test\r\n");
    socket.on("error", () => {});
    socket.on("data", (data) => {
      for (const line of data.toString().split("\r\n").filter(Boolean)) {
        if (inBody) {
          received.push(line);
          if (line !== ".") continue;
          inBody = false;
          socket.write("250 queued\r\n");
        } else if (line === "DATA") {
          inBody = true;
          socket.write("354 go\r\n");
        } else if (line.startsWith("RCPT")) socket.write(`${answer}\r\n`);
        else if (line === "QUIT") socket.end("221 bye\r\n");
        else socket.write("250 ok\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => smtp.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  smtp.close();
  await database.drop();
});

const mail = {
  to: "ann@example.org",
  subject: "Hello",
  text: "Open http://x.test/a?b=1.\n\n<b>",
  locale: "en",
} as const;
const log = pino({ level: "silent" });
const secrets = createSecretBox("the secret key of the tests, long enough");

function parts(smtpUrl: string | null) {
  const kinds: OperationKind[] = [];
  const enqueued: NewOperation[] = [];
  const operations = {
    register: (kind: OperationKind) => void kinds.push(kind),
    enqueue: async (_trx: unknown, operation: NewOperation) => {
      enqueued.push(operation);
      return {} as never;
    },
  };
  const config = { mail: { smtpUrl, from: "Stoa <stoa@example.org>" } };
  const mailer = createMailer({ config, db: database.db, log, operations, secrets });
  return { mailer, kinds, enqueued };
}

/** Runs an operation as the queue would, without one. */
function runOf(operation: NewOperation): OperationRun {
  return {
    operation: { ...operation, error: { code: "x", message: "refused" } } as never,
    attempt: 1,
    signal: new AbortController().signal,
    step: async (_note, work) => await database.db.transaction().execute((trx) => work(trx)),
    progress: async () => {},
    kept: null,
    keep: async () => {},
  };
}

const texts = async () => {
  const rows = await database.db.withTables<MailTables>().selectFrom("mails").selectAll().orderBy("id").execute();
  expect(JSON.stringify(rows)).not.toContain("x.test");
  return rows.map((row) => row.body_sealed !== null);
};
const states = () =>
  database.db.withTables<MailTables>().selectFrom("mails").select(["state", "last_error"]).orderBy("id").execute();

describe("mails", () => {
  it("are kept where there is no mail server, and only if the transaction commits", async () => {
    const { mailer, enqueued } = parts(null);
    expect(mailer.delivers).toBe(false);
    await database.db.transaction().execute((trx) => mailer.send(trx, mail));
    await database.db
      .transaction()
      .execute(async (trx) => {
        await mailer.send(trx, mail);
        throw new Error("rolled back");
      })
      .catch(() => {});
    expect(await states()).toEqual([{ state: "kept", last_error: null }]);
    expect(enqueued).toEqual([]);
    expect(await texts()).toEqual([true]);
  });

  it("are sent once by their operation, whose input holds no text", async () => {
    const { mailer, kinds, enqueued } = parts(
      `smtp://127.0.0.1:${(smtp.address() as AddressInfo).port}?ignoreTLS=true`,
    );
    await database.db.transaction().execute((trx) => mailer.send(trx, mail));
    const [operation] = enqueued;
    const [kind] = kinds;
    if (!operation || !kind) throw new Error("nothing was enqueued");
    expect(JSON.stringify(operation)).not.toContain("x.test");
    expect(await kind.run(runOf(operation))).toEqual({ sent: true });
    expect(received.join("\n")).toContain("To: ann@example.org");
    received = [];
    expect(await kind.run(runOf(operation))).toEqual({ sent: false });
    expect(received).toEqual([]);
    expect((await states()).at(-1)?.state).toBe("sent");
    expect((await texts()).at(-1)).toBe(false);
  });

  it("whose link is over are neither sent nor kept", async () => {
    const { mailer, kinds, enqueued } = parts(
      `smtp://127.0.0.1:${(smtp.address() as AddressInfo).port}?ignoreTLS=true`,
    );
    const over = { ...mail, expiresAt: new Date(Date.now() - 1_000) };
    await database.db.transaction().execute((trx) => mailer.send(trx, over));
    await expect(kinds[0]?.run(runOf(enqueued[0] as NewOperation))).rejects.toMatchObject({ status: 410 });
    expect(received).toEqual([]);
    expect((await texts()).at(-1)).toBe(true);
    await database.db.transaction().execute((trx) => mailer.send(trx, mail));
    expect((await texts()).slice(-2)).toEqual([false, true]);
  });

  it("that are refused for good fail at once, and are kept as failed", async () => {
    const { mailer, kinds, enqueued } = parts(
      `smtp://127.0.0.1:${(smtp.address() as AddressInfo).port}?ignoreTLS=true`,
    );
    await database.db.transaction().execute((trx) => mailer.send(trx, mail));
    const [operation] = enqueued;
    const [kind] = kinds;
    if (!operation || !kind) throw new Error("nothing was enqueued");
    answer = "550 no such person";
    await expect(kind.run(runOf(operation))).rejects.toMatchObject({ status: 422 });
    answer = "451 later";
    await expect(kind.run(runOf(operation))).rejects.toMatchObject({ status: 502 });
    await kind.settle?.(runOf(operation), "failed");
    expect((await states()).at(-1)).toEqual({ state: "failed", last_error: "refused" });
  });
});

describe("a mail to somebody whose account is gone by then", () => {
  it("is sent, and nothing of it is kept, nor where it could not be sent", async () => {
    const { port } = smtp.address() as AddressInfo;
    const { mailer, kinds, enqueued } = parts(`smtp://127.0.0.1:${port}?ignoreTLS=true`);
    const before = await states();
    answer = "250 ok";
    for (const to of ["gone@example.org", "away@example.org"]) {
      await database.db.transaction().execute((trx) => mailer.send(trx, { ...mail, to, forget: true }));
    }
    const [sent, failed] = enqueued as [NewOperation, NewOperation];
    const notes: (string | null)[] = [];
    const run = runOf(sent);
    const step: OperationRun["step"] = (note, work) => {
      notes.push(note);
      return run.step(note, work);
    };
    expect(await kinds[0]?.run({ ...run, step })).toEqual({ sent: true });
    await kinds[0]?.settle?.(runOf(failed), "failed");
    expect(await states()).toEqual(before);
    expect(notes, "its history outlives it").toEqual(["Sent."]);
  });

  it("is none where there is no address", async () => {
    const { mailer, enqueued } = parts(null);
    const before = await states();
    await database.db.transaction().execute((trx) => mailer.send(trx, { ...mail, to: "" }));
    expect([await states(), enqueued]).toEqual([before, []]);
  });
});

describe("the HTML part", () => {
  it("escapes, links, and follows the language's direction", () => {
    const html = mailHtml({ text: mail.text, locale: "fa" });
    expect(html).toContain('dir="rtl"');
    expect(html).toContain('<a href="http://x.test/a?b=1" dir="ltr">http://x.test/a?b=1</a>.');
    expect(html).not.toContain("<b>");
  });
});
