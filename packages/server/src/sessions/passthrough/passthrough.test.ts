import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { Db } from "../../platform/database/database.ts";
import { createTestAuthenticator, testPrincipal } from "../../testing/create-test-server.ts";
import { createTestPlatform } from "../../testing/test-platform.ts";
import type { SessionTarget } from "./contract.ts";
import { createPassthrough } from "./passthrough.ts";
import { createTickets } from "./tickets.ts";

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

/** A proxy before a program that nobody reaches, with what is under way there. */
function createGround() {
  // Nobody comes by a cookie here: nothing is looked up.
  const db = { withTables: () => ({}) } as unknown as Db;
  const platform = createTestPlatform({ db });
  const target: SessionTarget = {
    jobId: 7,
    ownerId: 1,
    nodeId: platform.config.nodeId,
    jobType: "test",
    state: "running",
    ready: true,
    message: "",
    reason: null,
    connect: { socketPath: "/nowhere" },
  };
  let watched = 0;
  const passthrough = createPassthrough({
    platform,
    tickets: createTickets(platform),
    authenticator: createTestAuthenticator({ zpat: testPrincipal({ accountId: 1 }) }),
    credentialIsLive: async () => true,
    targets: {
      find: () => target,
      noteActivity() {},
      watchGuest() {
        watched += 1;
        return () => {
          watched -= 1;
        };
      },
    },
  });
  ended.push(() => passthrough.close());
  const open = async () => (await platform.metrics.getSingleMetric("stoa_passthrough_open")?.get())?.values[0]?.value;
  return { passthrough, open, watched: () => watched };
}

/** Sends a request to a server of one handler; resolves when its connection is gone. */
async function ask(handler: (req: IncomingMessage, res: ServerResponse) => void, target = "/"): Promise<string> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  ended.push(() => server.close());
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let answer = "";
  client.on("error", () => {});
  client.on("data", (chunk) => {
    answer += String(chunk);
  });
  client.write(
    `GET /passthrough/x/7${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer zpat\r\nConnection: close\r\n\r\n`,
  );
  await new Promise<void>((resolve) => void client.once("close", () => resolve()));
  return answer;
}

it("counts nobody as there whose connection broke just as they were let in", async () => {
  const { passthrough, open, watched } = createGround();
  await ask((req, res) => {
    passthrough.request(req, res);
    // What is still looked up is there before the connection's end is told.
    req.socket.destroy();
  });
  expect([await open(), watched()]).toEqual([0, 0]);
});

it("counts nobody as there after an answer of its own", async () => {
  const { passthrough, open, watched } = createGround();
  expect(await ask((req, res) => void passthrough.request(req, res))).toMatch(/^HTTP\/1\.1 502 /);
  expect([await open(), watched()]).toEqual([0, 0]);
});
