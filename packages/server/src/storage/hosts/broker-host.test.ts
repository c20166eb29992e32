import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Writable } from "node:stream";
import { type Logger, pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BrokerLink } from "../../platform/processes/link.ts";
import { createTestBroker, isRoot, type TestBroker } from "../../platform/processes/testing-broker.ts";
import { BrokerRefusal, type Verb } from "../../platform/processes/verbs.ts";
import { testConfig } from "../../testing/test-platform.ts";
import { backEndProblem } from "../back-end-problems.ts";
import { brokerErrand } from "./broker-errand.ts";
import { createBrokerHost } from "./broker-host.ts";
import { type HostAnswer, HostUnreachable, type StorageHost, type StorageRequest } from "./contract.ts";
import { createLocalHost } from "./local-host.ts";
import { mayOwnBy } from "./may-own.ts";

const silent = pino({ level: "silent" });
const VERSION = { do: "zfs-version" } as const;

/** The way to a broker whose storage is this host's, without a broker. */
function linkTo(host: StorageHost, log: Logger = silent): BrokerLink & { readonly aborted: number[] } {
  const errand = brokerErrand(host, log);
  const calls = new Map<number, AbortController>();
  const aborted: number[] = [];
  return {
    aborted,
    async ask(asked) {
      const verb: Verb = asked;
      if (verb.verb === "storage") {
        const abort = new AbortController();
        calls.set(verb.call, abort);
        return (await errand(verb.request, abort.signal)) as never;
      }
      if (verb.verb === "storage_abort") {
        calls.get(verb.call)?.abort();
        aborted.push(verb.call);
      }
      return null as never;
    },
    ended: () => Promise.reject(new Error("nothing was started")),
  };
}

function hostThat(run: StorageHost["run"]): StorageHost {
  return { run, close: async () => undefined };
}

describe("by the broker", () => {
  test("an answer, an absent host and a refused request come through as what they are", async () => {
    const answer: HostAnswer = { code: 1, out: "o", err: "e" };
    expect(await createBrokerHost(linkTo(hostThat(async () => answer))).run(VERSION)).toEqual(answer);
    const away = createBrokerHost(
      linkTo(
        hostThat(async () => {
          throw new HostUnreachable("host_key", backEndProblem("host_key", { host: "files" }));
        }),
      ),
    );
    await expect(away.run(VERSION)).rejects.toEqual(
      expect.objectContaining({
        ...{ name: "HostUnreachable", reason: "host_key", message: expect.stringContaining("files has another key") },
        toldBy: { code: "host_key", params: { host: "files" } },
      }),
    );
    const local = createLocalHost({ backend: "posix", base: "/nonexistent", log: silent });
    const hostile = { do: "shell" } as unknown as StorageRequest;
    await expect(createBrokerHost(linkTo(local)).run(hostile)).rejects.toEqual(
      expect.objectContaining({ code: "invalid", message: 'A storage host takes no request with this in "do"' }),
    );
  });

  test("a broker that is gone is a host that can't be reached", async () => {
    const gone = { ...linkTo(hostThat(async () => ({ code: 0, out: "", err: "" }))) };
    const host = createBrokerHost({
      ...gone,
      ask: () => Promise.reject(new BrokerRefusal("failed", "the broker is no more")),
    });
    await expect(host.run(VERSION)).rejects.toMatchObject({ name: "HostUnreachable", reason: "broker" });
  });

  test("an abort reaches it, and rejects at once", async () => {
    let reached: AbortSignal | undefined;
    const link = linkTo(
      hostThat((_request, options) => {
        reached = options?.signal;
        return new Promise(() => undefined);
      }),
    );
    const abort = new AbortController();
    const running = createBrokerHost(link).run(VERSION, { signal: abort.signal });
    await expect.poll(() => reached).toBeDefined();
    abort.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect([reached?.aborted, link.aborted.length]).toEqual([true, 1]);
  });

  test("changes are logged as such, reads where somebody looks for them; names are cut, outputs left out", async () => {
    const lines: { level: number; storage: string }[] = [];
    const sink = new Writable({
      write(line, _encoding, done) {
        lines.push(JSON.parse(String(line)));
        done();
      },
    });
    const log = pino({ level: "debug" }, sink);
    const host = createBrokerHost(
      linkTo(
        hostThat(async () => ({ code: 0, out: "secret", err: "" })),
        log,
      ),
    );
    const places = Array.from({ length: 500 }, (_, n) => ({ kind: "user" as const, name: `u${n}` }));
    await host.run({ do: "stat", places });
    await host.run({ do: "make", places, owner: { uid: 1000, gid: 1000 }, mode: 0o770 });
    expect(lines.map(({ level }) => level)).toEqual([pino.levels.values.debug, pino.levels.values.info]);
    expect(Math.max(...lines.map(({ storage }) => storage.length))).toBeLessThanOrEqual(300);
    expect(JSON.stringify(lines)).not.toContain("secret");
  });
});

/** Only root has a broker; CI runs as root. */
describe.runIf(isRoot)("a real broker", () => {
  let broker: TestBroker;
  let base: string;
  const { storage, processes } = testConfig();
  const mayOwn = mayOwnBy({ storage, processes });
  const ours = { uid: storage.uid, gid: storage.gid };
  const user = { kind: "user", name: "ada" };
  const ask = (request: unknown, call = 1) =>
    broker.broker.perform({ verb: "storage", call, request }, undefined, () => undefined);

  beforeEach(async () => {
    base = mkdtempSync(path.join(tmpdir(), "stoa-base-"));
    const host = createLocalHost({ backend: "posix", base, mayOwn, log: silent });
    broker = await createTestBroker({ storage: brokerErrand(host, silent) });
  });
  afterEach(async () => {
    await broker.close();
    rmSync(base, { recursive: true, force: true });
  });

  test.each<[string, unknown]>([
    ["a request that is none", null],
    ["an unknown request", { do: "shell", line: "id" }],
    ["a way up", { do: "make", places: [{ kind: "user", name: ".." }], owner: ours, mode: 0o770 }],
    ["a path", { do: "make", places: [{ kind: "user", name: "/etc" }], owner: ours, mode: 0o770 }],
    ["root for a person", { do: "make", places: [user], owner: "root", mode: 0o770 }],
    ["uid 0", { do: "make", places: [user], owner: { uid: 0, gid: ours.gid }, mode: 0o770 }],
    ["gid 0", { do: "make", places: [user], owner: { uid: ours.uid, gid: 0 }, mode: 0o770 }],
    ["a system account", { do: "make", places: [user], owner: { uid: 33, gid: ours.gid }, mode: 0o770 }],
    [
      "beyond the range",
      { do: "make", places: [user], owner: { uid: processes.uidRange.last + 1, gid: 1000 }, mode: 0 },
    ],
    ["setuid", { do: "make", places: [user], owner: ours, mode: 0o4755 }],
    ["a person's directory removed", { do: "remove", place: user }],
    ["a quota of somebody else", { do: "set-quotas", by: "user", lines: [{ id: 33, bytes: 1 }] }],
    ["a huge list", { do: "stat", places: new Array(100_000).fill(user) }],
  ])("refuses %s", async (_what, request) => {
    await expect(ask(request)).rejects.toMatchObject({ name: "BrokerRefusal", code: "refused" });
    expect(readdirSync(base)).toEqual([]);
  });

  test("another base is not heard of, and a call's number has to be one", async () => {
    const elsewhere = mkdtempSync(path.join(tmpdir(), "stoa-other-"));
    mkdirSync(path.join(elsewhere, "ada"));
    const asked = { do: "list", place: { kind: "base" }, base: elsewhere, site: { base: elsewhere } };
    expect(JSON.stringify(await ask(asked))).not.toContain("ada");
    await expect(ask(asked, -1)).rejects.toMatchObject({ code: "refused" });
    rmSync(elsewhere, { recursive: true });
  });

  test("makes and looks, by the link", async () => {
    const host = createBrokerHost(broker.link);
    const places = [{ kind: "user", name: "ada" }] as const;
    const person = { uid: processes.uidRange.first, gid: storage.gid };
    const made = await host.run({ do: "make", places, owner: person, mode: 0o2770 });
    expect(made).toMatchObject({ code: 0 });
    const { out } = await host.run({ do: "stat", places });
    // Type and mode in hexadecimal, then owner and group.
    expect(out.split(" ").slice(0, 3)).toEqual([(0o042770).toString(16), String(person.uid), String(person.gid)]);
  });

  test("a call of a number that is under way is refused; called off it ends", async () => {
    const waiting = Promise.withResolvers<void>();
    const other = await createTestBroker({
      storage: (_request, signal) =>
        new Promise((_resolve, reject) => {
          waiting.resolve();
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    });
    const askOther = (verb: unknown) => other.broker.perform(verb, undefined, () => undefined);
    const first = askOther({ verb: "storage", call: 5, request: VERSION });
    await waiting.promise;
    await expect(askOther({ verb: "storage", call: 5, request: VERSION })).rejects.toMatchObject({ code: "refused" });
    await askOther({ verb: "storage_abort", call: 6 });
    await askOther({ verb: "storage_abort", call: 5 });
    await expect(first).rejects.toMatchObject({ code: "failed" });
    await other.close();
  });

  test("a broker that was made without storage says so", async () => {
    const plain = await createTestBroker();
    const asked = plain.broker.perform({ verb: "storage", call: 1, request: VERSION }, undefined, () => undefined);
    await expect(asked).rejects.toMatchObject({ code: "failed", message: expect.stringContaining("without storage") });
    await plain.close();
  });
});
