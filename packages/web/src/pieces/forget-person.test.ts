import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followLeaving, forgetPerson, onLeaving } from "./forget-person.ts";

const before = { localStorage: globalThis.localStorage, sessionStorage: globalThis.sessionStorage };
let kept: Record<"localStorage" | "sessionStorage", Record<string, string>>;

/** As much of the browser's storage as is used, its keys own properties as there. */
function storage(items: Record<string, string>): Storage {
  const methods = {
    getItem: (key: string) => items[key] ?? null,
    removeItem: (key: string) => void delete items[key],
  };
  return new Proxy(methods, { ownKeys: () => Object.keys(items), getOwnPropertyDescriptor: () => shown }) as never;
}
const shown = { enumerable: true, configurable: true };
const set = (name: keyof typeof before, value: unknown) =>
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

beforeEach(() => {
  kept = {
    localStorage: {
      "stoa.uploads": '[{"path":"secret-plan.pdf"}]',
      "stoa.terminal-names": '{"3":"for the boss"}',
      "stoa.options.7.jupyter": "{}",
      "stoa.recent.1": "[]",
      "stoa.visit": "{}",
      "stoa.rail": "narrow",
      "stoa.locale": "fa",
      other: "stays",
    },
    sessionStorage: { "stoa.draft.1.group.new": "{}", other: "stays" },
  };
  set("localStorage", storage(kept.localStorage));
  set("sessionStorage", storage(kept.sessionStorage));
});
afterEach(() => {
  set("localStorage", before.localStorage);
  set("sessionStorage", before.sessionStorage);
});

const left = {
  localStorage: { "stoa.rail": "narrow", "stoa.locale": "fa", other: "stays" },
  sessionStorage: { other: "stays" },
};

test("paths, names, choices and drafts go with whoever leaves; what is the browser's own stays", () => {
  const memory = vi.fn();
  onLeaving(memory);
  forgetPerson();
  expect(kept).toEqual(left);
  expect(memory).toHaveBeenCalledOnce();
});

test("other tabs are told, and forget too", async () => {
  const then = vi.fn();
  const stop = followLeaving(then);
  new BroadcastChannel("stoa.person").postMessage("left");
  await expect.poll(() => then.mock.calls.length).toBe(1);
  expect(kept).toEqual(left);
  stop();
});

test("whoever hears of it late takes nothing from the next person", async () => {
  Object.assign(kept.localStorage, { "stoa.owner": "8" });
  const next = { ...kept.localStorage };
  const then = vi.fn();
  const stop = followLeaving(then);
  new BroadcastChannel("stoa.person").postMessage({ left: "7" });
  await expect.poll(() => then.mock.calls.length).toBe(1);
  // What this tab alone kept was of the one before.
  expect(kept).toEqual({ localStorage: next, sessionStorage: left.sessionStorage });
  new BroadcastChannel("stoa.person").postMessage({ left: "8" });
  await expect.poll(() => then.mock.calls.length).toBe(2);
  expect(kept).toEqual(left);
  stop();
});

test("says who left", async () => {
  Object.assign(kept.localStorage, { "stoa.owner": "8" });
  const heard = vi.fn();
  const channel = new BroadcastChannel("stoa.person");
  channel.onmessage = ({ data }) => heard(data);
  forgetPerson();
  await expect.poll(() => heard.mock.calls).toEqual([[{ left: "8" }]]);
  channel.close();
});

test("every key that the portal keeps begins so that it is found", () => {
  const source = path.join(import.meta.dirname, "..");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
    /(?<!test)\.tsx?$/.test(file),
  );
  const keys = files.flatMap((file) => {
    const text = readFileSync(path.join(source, file), "utf8");
    if (!/\b(?:local|session)Storage\.setItem/.test(text)) return [];
    return text.match(/(?:key|prefix|Key) = "[^"]+"/g) ?? [];
  });
  expect(keys.length).toBeGreaterThan(5);
  expect(keys.filter((key) => !key.includes('"stoa.'))).toEqual([]);
});
