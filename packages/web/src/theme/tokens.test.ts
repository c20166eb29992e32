import { describe, expect, test } from "vitest";
import { contrast } from "./contrast.ts";
import { dark, light, pairsInUse, terminalColours } from "./tokens.ts";

describe("contrast", () => {
  test("knows the two ends of the scale", () => {
    expect(contrast("#000000", "#FFFFFF")).toBeCloseTo(21, 5);
    expect(contrast("#777777", "#FFFFFF")).toBeCloseTo(4.48, 2);
  });

  for (const [name, scheme] of [["light", light] as const, ["dark", dark] as const]) {
    test.each(pairsInUse)(`${name}: %s on %s is at least %d`, (front, back, least) => {
      expect(contrast(scheme[front], scheme[back])).toBeGreaterThanOrEqual(least);
    });
  }

  test.each(["dark", "light"] as const)("every text colour of the %s terminal reads on its ground", (scheme) => {
    const { background, cursorAccent, selectionBackground, black, ...texts } = terminalColours[scheme];
    for (const [name, colour] of Object.entries(texts)) {
      expect(contrast(colour, background), name).toBeGreaterThanOrEqual(4.5);
    }
  });
});
