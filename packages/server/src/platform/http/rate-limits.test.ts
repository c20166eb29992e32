import type { FastifyPluginAsync } from "fastify";
import { pino } from "pino";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServer } from "../../testing/create-test-server.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { testConfig } from "../../testing/test-platform.ts";
import { StoaError } from "../errors/stoa-error.ts";
import { createLocalBuckets, createSharedBuckets, sweepBuckets } from "./limit-bucket.ts";
import { createRateLimits } from "./rate-limits.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
const log = pino({ level: "silent" });

const signIn: FastifyPluginAsync = async (app) => {
  app.post<{ Body: { username: string; password: string } }>(
    "/api/token",
    {
      config: {
        policy: { dialect: "portal", access: { public: "sign-in" }, auditExempt: "a test", rateLimit: "sign-in" },
      },
      schema: {
        summary: "Sign in",
        body: Type.Object({ username: Type.String(), password: Type.String() }),
        response: { 200: Type.Object({ ok: Type.Boolean() }) },
      },
    },
    async ({ body }) => {
      if (body.password !== "right") throw new StoaError("unauthenticated");
      return { ok: true };
    },
  );
};

describe.each(["database", "memory"] as const)("buckets in the %s", (where) => {
  const limit = { burst: 3, seconds: 30 };
  const make = () => (where === "memory" ? createLocalBuckets() : createSharedBuckets(database.db));

  it("let a burst through, then say how long to wait, and a refusal costs nothing", async () => {
    const buckets = make();
    for (let i = 0; i < 3; i++) expect(await buckets.take("burst", limit)).toBe(0);
    for (let i = 0; i < 5; i++) {
      const wait = await buckets.take("burst", limit);
      expect(wait).toBeGreaterThan(8);
      expect(wait).toBeLessThanOrEqual(10);
    }
    expect(await buckets.take("another", limit)).toBe(0);
  });

  it("give back, and forget", async () => {
    const buckets = make();
    for (let i = 0; i < 3; i++) await buckets.take("back", limit);
    await buckets.giveBack("back", limit);
    expect(await buckets.take("back", limit)).toBe(0);
    expect(await buckets.take("back", limit)).toBeGreaterThan(0);
    await buckets.forget("back");
    expect(await buckets.take("back", limit)).toBe(0);
  });

  it("count everybody's takes, also those at the same moment", async () => {
    const buckets = make();
    const waits = await Promise.all(
      Array.from({ length: 20 }, () => buckets.take("together", { burst: 5, seconds: 100 })),
    );
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
  });
});

it("local buckets refill with time and stay within their capacity", async () => {
  let at = 0;
  const buckets = createLocalBuckets(10, () => at);
  const limit = { burst: 2, seconds: 10 };
  expect([1, 2, 3].map(() => buckets.takeNow("a", limit))).toEqual([0, 0, 5]);
  at = 5_000;
  expect([1, 2].map(() => buckets.takeNow("a", limit))).toEqual([0, 5]);
  for (let i = 0; i < 100; i++) buckets.takeNow(`key ${i}`, limit);
  expect(buckets.takeNow("a", limit)).toBe(0);
});

it("the sweep removes what is empty, and nothing else", async () => {
  const buckets = createSharedBuckets(database.db);
  await buckets.take("full", { burst: 1, seconds: 1000 });
  await sweepBuckets(database.db);
  expect(await buckets.take("full", { burst: 1, seconds: 1000 })).toBeGreaterThan(0);
});

describe("1,000 wrong passwords against one account from one address", () => {
  it("are refused, and leave everybody else and the owner elsewhere signing in quickly", async () => {
    // Two processes on one database.
    const config = testConfig({ trustedProxies: ["127.0.0.1"] });
    const servers = await Promise.all(
      [1, 2].map(() => createTestServer({ routes: [signIn], platform: { db: database.db, config } })),
    );
    const ask = (from: string, username: string, password: string, server = 0) =>
      servers[server]?.app.inject({
        method: "POST",
        url: "/api/token",
        headers: { "x-forwarded-for": from },
        payload: { username, password },
      });
    const statuses = await Promise.all(
      Array.from(
        { length: 1_000 },
        async (_, i) => (await ask("10.0.0.1", i % 2 ? "ann" : " ANN", "wrong", i % 2))?.statusCode,
      ),
    );
    const count = (status: number) => statuses.filter((one) => one === status).length;
    expect(count(401)).toBe(10);
    expect(count(429)).toBe(990);

    const started = Date.now();
    expect((await ask("10.0.0.1", "bob", "right"))?.statusCode).toBe(200);
    expect((await ask("10.0.0.2", "ann", "right"))?.statusCode).toBe(200);
    expect(Date.now() - started).toBeLessThan(1_000);
    const refused = await ask("10.0.0.1", "ann", "right");
    expect(refused?.statusCode).toBe(429);
    expect(Number(refused?.headers["retry-after"])).toBeGreaterThan(0);
    await Promise.all(servers.map(({ app }) => app.close()));
  });
});

describe("a limit", () => {
  const limits = () => createRateLimits({ db: database.db, log, requestsPerMinute: 0 });

  it("on failures is not used up by successes", async () => {
    const rate = limits();
    for (let i = 0; i < 400; i++)
      await (await rate.attempt("sign-in", { address: "10.1.1.1", account: "cy" })).succeeded();
    rate.stop();
  });

  it("on an address holds for its IPv6 network", async () => {
    const rate = limits();
    for (let i = 0; i < 10; i++) await rate.attempt("sign-in", { address: `2001:db8:1:2::${i}`, account: "dora" });
    const same = rate.attempt("sign-in", { address: "2001:db8:1:2:ffff::1", account: "dora" });
    await expect(same).rejects.toMatchObject({ code: "rate_limited" });
    await rate.attempt("sign-in", { address: "2001:db8:1:3::1", account: "dora" });
    rate.stop();
  });

  it("is still one while the database is away", async () => {
    const gone = await createTestDatabase();
    await gone.drop();
    const rate = createRateLimits({ db: gone.db, log, requestsPerMinute: 0 });
    for (let i = 0; i < 10; i++) await rate.attempt("sign-in", { address: "10.2.2.2", account: "eve" });
    await expect(rate.attempt("sign-in", { address: "10.2.2.2", account: "eve" })).rejects.toMatchObject({
      status: 429,
    });
    rate.stop();
  });

  it("in general is each person's and each address's own", () => {
    const rate = createRateLimits({ db: database.db, log, requestsPerMinute: 2 });
    const admit = (ip: string) => rate.admit({ principal: null, ip });
    admit("10.3.3.3");
    admit("10.3.3.3");
    expect(() => admit("10.3.3.3")).toThrow(expect.objectContaining({ code: "rate_limited" }));
    expect(() => admit("10.3.3.4")).not.toThrow();
    rate.stop();
  });
});
