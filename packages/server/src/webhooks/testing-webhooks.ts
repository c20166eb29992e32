import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import type { Accounts } from "../accounts/accounts.ts";
import type { NewEvent } from "../platform/events/contract.ts";
import { createOutboundClient } from "../platform/outbound/outbound-client.ts";
import type { Platform } from "../platform/platform.ts";
import { type AccountsServer, createAccountsServer, type TestPerson } from "../testing/accounts-server.ts";
import { testConfig } from "../testing/test-platform.ts";
import type { WebhooksContext } from "./context.ts";
import { createSender } from "./deliveries/sender.ts";
import { createTargets } from "./endpoints/targets.ts";
import { createOutboxReader } from "./events/outbox-reader.ts";
import type { WebhookTables } from "./tables.ts";
import { createWebhooks } from "./webhooks.ts";

/** What a receiver was sent. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real server on loopback that is told things. */
export interface Receiver {
  readonly url: string;
  readonly target: string;
  readonly received: Received[];
  behave: (req: IncomingMessage, res: ServerResponse) => void;
  close(): Promise<void>;
}

export async function createReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const receiver = { behave: ok, received };
  const server: Server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += String(chunk);
    received.push({ path: req.url ?? "", headers: req.headers, body });
    receiver.behave(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}/in`,
    target: `127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const ok = (_req: IncomingMessage, res: ServerResponse): void => void res.end("thanks");
/** Answers each call with the next status, and the last one from then on. */
export const answering =
  (...statuses: number[]) =>
  (_req: IncomingMessage, res: ServerResponse): void => {
    const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 200;
    res.writeHead(status).end(`status ${status}`);
  };

export interface StageOptions {
  /** What people may reach though it is on this machine. */
  readonly receivers: readonly Receiver[];
  readonly lookup?: LookupFunction;
  readonly timeoutMs?: number;
  readonly perPerson?: number;
  /** A second server on the first one's database. */
  readonly beside?: Stage;
}

/** The domain on a real database with a clock of its own: nothing happens but what a test asks for. */
export interface Stage {
  readonly server: AccountsServer;
  readonly context: WebhooksContext;
  /** Moves the clock. */
  pass(ms: number): void;
  publish(event: Partial<NewEvent> & Pick<NewEvent, "type" | "audience">): Promise<void>;
  /** Reads the outbox, sends all that is due, and waits for it. @returns how many deliveries were made */
  run(): Promise<number>;
  read(): Promise<number>;
  /** What is due now, until nothing is. @returns how many attempts that were */
  send(): Promise<number>;
  /** An endpoint of somebody's, with its secret. */
  endpoint(person: TestPerson, url: string, changes?: object): Promise<{ id: number; secret: string }>;
  call(
    as: TestPerson | undefined,
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<Called>;
  sql<T = Record<string, unknown>>(text: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}
export interface Called {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came.
  readonly body: any;
}

export async function createStage(options: StageOptions): Promise<Stage> {
  const { receivers, beside, perPerson = 3, timeoutMs = 400 } = options;
  const base = testConfig();
  const webhooks = { ...base.webhooks, perPerson, privateTargets: receivers.map(({ target }) => target) };
  let made: { context: WebhooksContext; domain: ReturnType<typeof createWebhooks> } | undefined;
  let offset = 0;
  const now = () => new Date(Date.now() + offset);
  const server = await createAccountsServer({
    config: { webhooks, nodeId: beside === undefined ? "one" : "two" },
    ...(beside === undefined ? {} : { database: beside.server.database }),
    routes: [async (app) => app.register(made?.domain.routes ?? (async () => undefined))],
    onBuilt(platform, accounts) {
      const outbound: Platform["outbound"] = (policy) =>
        createOutboundClient({ ...policy, timeoutMs, ...(options.lookup ? { lookup: options.lookup } : {}) });
      made = build({ ...platform, outbound }, accounts, now);
    },
  });
  if (made === undefined) throw new Error("The stage was not built.");
  const { context } = made;
  const reader = createOutboxReader(context);
  const sender = createSender(context);
  const call: Stage["call"] = async (as, method, path, body) => {
    const { status, body: answer } = await server.call(method, `/api/stoa/v1${path}`, { ...(as ? { as } : {}), body });
    return { status, body: answer };
  };
  const send = async () => {
    for (let sent = 0; ; ) {
      const begun = await sender.begin();
      await sender.settled();
      if (begun === 0) return sent;
      sent += begun;
    }
  };
  await reader.read();
  return {
    server,
    context,
    call,
    send,
    read: reader.read,
    pass: (ms) => {
      offset += ms;
    },
    publish: (event) =>
      server.platform.db
        .transaction()
        .execute((trx) =>
          server.platform.events.publish(trx, { subject: { kind: "session", id: "1" }, data: {}, ...event }),
        ),
    async run() {
      const count = await reader.read();
      await send();
      return count;
    },
    async endpoint(person, url, changes = {}) {
      const { status, body } = await call(person, "POST", "/webhooks", {
        name: "Hook",
        url,
        types: ["session.*"],
        ...changes,
      });
      if (status !== 201) throw new Error(JSON.stringify(body));
      return body as { id: number; secret: string };
    },
    sql: async <T>(text: string, values: unknown[] = []) =>
      (await server.database.pool.query(text, values)).rows as T[],
    async close() {
      await sender.close();
      await reader.release();
      await server.close();
    },
  };
}

function build(platform: Platform, people: Accounts, now: () => Date) {
  const db = platform.db.withTables<WebhookTables>();
  const context: WebhooksContext = { platform, db, people, targets: createTargets(platform.config), now };
  return { context, domain: createWebhooks(platform, people) };
}
