import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Command } from "./command.ts";
import { createCommandHost } from "./command-host.ts";
import type { HostAnswer, StorageRequest } from "./contract.ts";
import type { RunLimits } from "./run-command.ts";

const DONE: HostAnswer = { code: 0, out: "", err: "" };
const VERSION: StorageRequest = { do: "zfs-version" };
const ADA = { kind: "user", name: "ada" } as const;
const GONE = { kind: "trash", name: "ada-1" } as const;

/** A host whose commands end when they are told to. */
function hostUnder(answerOf: (command: Command) => HostAnswer | Promise<HostAnswer>, width = 2) {
  const ran: { readonly command: Command; readonly limits: RunLimits }[] = [];
  const host = createCommandHost({
    backend: "zfs",
    base: "tank/home",
    width,
    run: async (command, limits) => {
      ran.push({ command, limits });
      return answerOf(command);
    },
  });
  return { host, ran };
}

const isMount = ({ args }: Command) => args.includes("mountpoint");

test("where it is mounted is asked once, and again after a failure", async () => {
  let code = 0;
  const { host, ran } = hostUnder((command) => (isMount(command) ? { ...DONE, out: "/home\n" } : { ...DONE, code }));
  const asked = () => ran.filter(({ command }) => isMount(command)).length;
  await Promise.all([host.run(VERSION), host.run(VERSION)]);
  expect(asked()).toBe(1);
  code = 1;
  expect(await host.run(VERSION)).toMatchObject({ code: 1 });
  expect(asked()).toBe(1);
  await host.run(VERSION);
  expect(asked()).toBe(2);
});

test("what can't be asked is asked again", async () => {
  let isAway = true;
  const { host } = hostUnder(() => (isAway ? Promise.reject(new Error("away")) : DONE));
  await expect(host.run(VERSION)).rejects.toThrow("away");
  isAway = false;
  expect(await host.run(VERSION)).toEqual(DONE);
});

test("so many at a time; walks and removals wait for their own kind only, and have no end but the signal's", async () => {
  const release = Promise.withResolvers<void>();
  const begun: string[] = [];
  const { host, ran } = hostUnder(async (command) => {
    if (isMount(command)) return DONE;
    begun.push(command.program);
    await release.promise;
    return DONE;
  });
  const { signal } = new AbortController();
  const requests: StorageRequest[] = [
    ...Array.from({ length: 3 }, () => VERSION),
    ...Array.from({ length: 2 }, () => ({ do: "measure", places: [ADA] }) as const),
    ...Array.from({ length: 2 }, () => ({ do: "remove", place: GONE }) as const),
  ];
  const all = requests.map((request) => host.run(request, { signal }));
  await expect.poll(() => begun.length).toBe(4);
  release.resolve();
  await Promise.all(all);
  expect(begun.length).toBe(7);
  const limits = ran.filter(({ command }) => !isMount(command)).map(({ limits }) => limits);
  expect(limits.filter(({ time }) => time === null).length).toBe(4);
  expect(limits.every((limit) => limit.signal === signal)).toBe(true);
});

test.each([
  ["zfs-fuse, which has no `zfs version`, mounts one at a time", 2, 1],
  ["OpenZFS mounts several at a time", 0, 3],
])("%s", async (_what, code, atOnce) => {
  let now = 0;
  let most = 0;
  const { host } = hostUnder(async (command) => {
    if (isMount(command)) return DONE;
    if (command.args[0] === "version") return { ...DONE, code };
    now += 1;
    most = Math.max(most, now);
    await sleep(5);
    now -= 1;
    return DONE;
  }, 4);
  const places = ["ada", "bob", "eve"].map((name) => ({ kind: "user", name }) as const);
  await Promise.all(places.map((place) => host.run({ do: "zfs-create", place, quota: null })));
  expect(most).toBe(atOnce);
  most = 0;
  await Promise.all(places.map((place) => host.run({ do: "zfs-snapshots", place, recursive: false })));
  expect(most).toBe(3);
});

test("on zfs-fuse a mount that nobody waits for any more ends before the next one begins", async () => {
  const release = Promise.withResolvers<void>();
  let begun = 0;
  const { host } = hostUnder(async (command) => {
    if (command.args[0] !== "create") return { ...DONE, code: isMount(command) ? 0 : 2 };
    begun += 1;
    await release.promise;
    return DONE;
  }, 4);
  const make = (name: string, options = {}) =>
    host.run({ do: "zfs-create", place: { kind: "user", name }, quota: null }, options);
  const leaving = new AbortController();
  const left = make("ada", { signal: leaving.signal });
  await expect.poll(() => begun).toBe(1);
  leaving.abort(new Error("gone"));
  await expect(left).rejects.toThrow("gone");
  const next = make("bob");
  await sleep(20);
  expect(begun).toBe(1);
  release.resolve();
  expect(await next).toEqual(DONE);
  expect(begun).toBe(2);
});

test("a request that is none runs nothing", async () => {
  const { host, ran } = hostUnder(() => DONE);
  await expect(host.run({ do: "shell" } as unknown as StorageRequest)).rejects.toMatchObject({ code: "invalid" });
  expect(ran).toEqual([]);
});
