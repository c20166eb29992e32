import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const src = join(import.meta.dirname, "..");

function files(ending: RegExp): [string, string][] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name) && !entry.name.includes(".test."))
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "utf8")]);
}

/** Properties that know left and right: a page laid out with them is wrong in one of the two directions. */
const physical =
  /^\s*((margin|padding|border|inset|scroll-margin|scroll-padding)-(left|right|top|bottom)[\w-]*|left|right|top|bottom|width|height|min-width|max-width|min-height|max-height|border-(top|bottom)-(left|right)-radius)\s*:/m;
const physicalValue = /(text-align|float|clear)\s*:\s*(left|right)/;
/** Four values that differ left from right. */
const lopsided = /(?:margin|padding|inset)\s*:\s*([^;\s]+)[ \t]+([^;\s]+)[ \t]+([^;\s]+)[ \t]+([^;\s]+)\s*;/g;

describe("style sheets", () => {
  test.each(files(/\.css$/))("%s knows no left and right", (_, css) => {
    expect(physical.exec(css)?.[0]).toBeUndefined();
    expect(physicalValue.exec(css)?.[0]).toBeUndefined();
    for (const [whole, , right, , left] of css.matchAll(lopsided)) expect(right, whole).toBe(left);
  });
});

/** Parts of Mantine that write style tags at run time; the content security policy forbids those. */
const writesStyleTags =
  /<(AppShell|SimpleGrid|Grid|Flex|Drawer|ScrollArea|RemoveScroll)\b|\b(visibleFrom|hiddenFrom)=|=\{\{\s*(base|xs|sm|md|lg|xl):/;

test.each(files(/\.tsx$/))("%s uses nothing that writes style tags", (_, source) => {
  expect(writesStyleTags.exec(source)?.[0]).toBeUndefined();
});
