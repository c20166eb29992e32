import type { TFunction } from "i18next";
import { expect, test } from "vitest";
import { doerIn, withDoer } from "./doer.ts";

const t = ((key: string, values: { by: string; name: string }) => `${key}: ${values.by}, ${values.name}`) as TFunction;

test("an administrator who acts as somebody is named with words of the reader's", () => {
  expect(doerIn(t, "boss for ada")).toBe("acting.doer: boss, ada");
  expect(withDoer(t, { actor: "boss for ada", minutes: 5 })).toEqual({ actor: "acting.doer: boss, ada", minutes: 5 });
});

test.each(["ada", "for", "the lab for ada", "storage-service"])("%s stays as it is", (label) => {
  expect(doerIn(t, label)).toBe(label);
});
