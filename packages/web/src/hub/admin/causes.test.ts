import { expect, test } from "vitest";
import { TROUBLES } from "../../../../server/src/hub/health/trouble.ts";
import { LAUNCH_CAUSES } from "../../../../server/src/hub/launch/causes.ts";
import en from "../../locales/en.json" with { type: "json" };
import fa from "../../locales/fa.json" with { type: "json" };

const wordsIn = (language: "en" | "fa") =>
  Object.fromEntries(Object.entries(TROUBLES).map(([code, words]) => [code, words[language]]));

test("the page calls what keeps Stoa from the hub as the server does, and knows no other", () => {
  expect(en.adminHub.problemIs).toEqual(wordsIn("en"));
  expect(fa.adminHub.problemIs).toEqual(wordsIn("fa"));
});

test("every cause of a start that failed has its words", () => {
  const causes = [...LAUNCH_CAUSES, "unknown"].toSorted();
  for (const { adminHub, jupyter } of [en, fa]) {
    expect(Object.keys(adminHub.cause).toSorted()).toEqual(causes);
    expect(Object.keys(jupyter.cause).toSorted()).toEqual(causes);
  }
});
