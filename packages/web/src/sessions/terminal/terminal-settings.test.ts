import { expect, test } from "vitest";
import { settingsIn } from "./terminal-settings.ts";

test("what was kept is used as far as it can be", () => {
  expect(settingsIn('{"fontSize":18,"colours":"light","screenReader":true}')).toEqual({
    fontSize: 18,
    colours: "light",
    screenReader: true,
  });
  const usual = { fontSize: 14, colours: "dark", screenReader: false };
  for (const text of [null, "", "[]", "null", "no JSON", '{"fontSize":900,"colours":"pink","screenReader":1}']) {
    expect(settingsIn(text), String(text)).toEqual(usual);
  }
});
