import { expect, test } from "vitest";
import en from "../locales/en.json" with { type: "json" };
import fa from "../locales/fa.json" with { type: "json" };
import { choiceKeys, isNever, wordsOf } from "./setting-groups.ts";

test("a choice that means something else here has a word of its own", () => {
  const [own = ""] = choiceKeys("STOA_LOCAL_ISOLATION", "none");
  expect(own).toBe("system.choicesOf.STOA_LOCAL_ISOLATION.none");
  for (const { system } of [en, fa]) {
    expect(Object.keys(system.choicesOf.STOA_LOCAL_ISOLATION)).toEqual(["auto", "account", "sandbox", "none"]);
    expect(system.choicesOf.STOA_LOCAL_ISOLATION.none).not.toBe(system.choices.none);
  }
});

test("a time of nothing is never, and help has no marks of the reference", () => {
  expect(["0s", "0", "0 min"].map((value) => isNever({ form: "time", value }))).toEqual([true, true, true]);
  expect(["10s", "30m", null].map((value) => isNever({ form: "time", value }))).toEqual([false, false, false]);
  expect(isNever({ form: "number", value: "0" })).toBe(false);
  expect(wordsOf({ name: "STOA_X", about: "As `domains` has it." }, "en").about).toBe("As domains has it.");
});
