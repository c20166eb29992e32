import { afterEach, beforeEach, expect, test } from "vitest";
import { forgetDraft, readDraft, writeDraft } from "./drafts.ts";

const before = globalThis.sessionStorage;
let kept: Record<string, string>;

/** As much of the browser's storage as is used, its keys own properties as there. */
function storage(items: Record<string, string>): Storage {
  const methods = {
    getItem: (key: string) => items[key] ?? null,
    setItem: (key: string, value: string) => void Object.assign(items, { [key]: value }),
    removeItem: (key: string) => void delete items[key],
  };
  return new Proxy(methods, { ownKeys: () => Object.keys(items), getOwnPropertyDescriptor: () => shown }) as never;
}
const shown = { enumerable: true, configurable: true };

beforeEach(() => {
  kept = {};
  Object.defineProperty(globalThis, "sessionStorage", { value: storage(kept), configurable: true, writable: true });
});
afterEach(() => {
  Object.defineProperty(globalThis, "sessionStorage", { value: before, configurable: true, writable: true });
});

test("a draft is its person's and its form's alone", () => {
  writeDraft(1, "group.new", { name: ["Reef"] });
  expect(readDraft(1, "group.new")).toEqual({ name: ["Reef"] });
  expect(readDraft(2, "group.new")).toEqual({});
  expect(readDraft(1, "group.3")).toEqual({});
  forgetDraft(1, "group.new");
  expect(readDraft(1, "group.new")).toEqual({});
});

test.each(["{", "[1]", '{"name":"x"}', '{"name":[1]}'])("nothing is read from %s", (text) => {
  kept["stoa.draft.1.form"] = text;
  expect(readDraft(1, "form")).toEqual({});
});
