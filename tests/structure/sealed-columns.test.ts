import { expect, it } from "vitest";
import { sealedColumns } from "../../packages/server/src/sealed-columns.ts";
import { isTest, readTree } from "./source-tree.ts";

/** What `stoa secret rotate` doesn't know of would be unreadable after it. */
it("everything that is sealed is sealed anew by a rotation", () => {
  const sealing = readTree("packages/server/src").filter(
    ({ path, text }) => !isTest(path) && !path.includes("/platform/secrets/") && /secrets\.seal\(/.test(text),
  );
  const purposes = sealing.flatMap(({ path, text }) => {
    const found = [...text.matchAll(/^(?:export )?const \w*PURPOSE\w* = "([^"]+)"/gm)].map((match) => match[1] ?? "");
    return found.length > 0 ? found : [`${path} seals without a constant PURPOSE`];
  });
  expect(purposes.length).toBeGreaterThan(0);
  expect(purposes.sort()).toEqual(sealedColumns.map((column) => column.purpose).sort());
});
