import { expect, test } from "vitest";
import { answering } from "./entry.ts";
import { tokensOf } from "./matching.ts";
import { entryOf } from "./use-settings.ts";

test("a setting is found by its title in either language, and by its name", () => {
  const entry = entryOf({ name: "STOA_LOCAL_ISOLATION", about: "" }, "en", "Settings");
  expect(entry).toMatchObject({ path: "/system", hash: "STOA_LOCAL_ISOLATION", asked: true });
  for (const typed of [
    "kept apart",
    "stoa_local",
    entryOf({ name: "STOA_LOCAL_ISOLATION", about: "" }, "fa", "").name,
  ]) {
    expect(answering([entry], tokensOf(typed)), typed).toHaveLength(1);
  }
  expect(answering([entry], tokensOf("e-mail"))).toEqual([]);
});
