import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { connect } from "./connect.ts";

/** What PostgreSQL says to a connection that an operator ends. */
const GOODBYE = message("E", Buffer.from("SFATAL\0C57P01\0Mterminating connection\0\0"));
const READY = message("Z", Buffer.from("I"));

let database: TestDatabase;
let proxy: Server;
let readies = 0;
beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  proxy = createServer(pass);
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  proxy.close();
  await database.drop();
});

/** Ends the first connection right after its first statement: the pool's own, before it hands the connection out. */
function pass(socket: Socket): void {
  const { hostname, port, searchParams } = new URL(database.url);
  const folder = searchParams.get("host");
  const upstream = folder === null ? dial(Number(port || 5432), hostname) : dial(`${folder}/.s.PGSQL.${port || 5432}`);
  socket.pipe(upstream);
  for (const end of [socket, upstream]) end.on("error", () => undefined);
  upstream.on("data", (chunk: Buffer) => {
    if (chunk.includes(READY)) readies += 1;
    if (readies === 2) {
      readies += 1;
      socket.end(Buffer.concat([chunk, GOODBYE]));
    } else {
      socket.write(chunk);
    }
  });
  upstream.on("close", () => socket.destroy());
}

function message(type: string, payload: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, "latin1");
  head.writeUInt32BE(payload.length + 4, 1);
  return Buffer.concat([head, payload]);
}

test("a connection that is ended while it is handed out: unavailable, and the pool goes on", async () => {
  const { port } = proxy.address() as { port: number };
  const url = new URL(database.url.replace(/\?.*$/, ""));
  url.host = `127.0.0.1:${port}`;
  const { db, pool } = connect({ url: url.href, size: 1, applicationName: "handed", onIdleError: () => undefined });
  await expect(sql`select 1`.execute(db)).rejects.toMatchObject({ name: "StoaError", code: "unavailable" });
  expect((await sql`select 2 as two`.execute(db)).rows).toEqual([{ two: 2 }]);
  await pool.end();
});
