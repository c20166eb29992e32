import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Account } from "./account-api.ts";
import { hostileFiles } from "./hostile-files.ts";
import { madePng, madeWav } from "./made-files.ts";
import { openedShared } from "./opened.ts";
import type { PageOptions, PortalPage } from "./portal-page.ts";

const stoa = openedShared();
let admin: Account;
beforeAll(async () => {
  admin = await stoa.api();
});

/** At a workspace with these files; nothing may run, call out, or be complained about. */
async function atFiles(
  options: PageOptions,
  files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>,
  work: (portal: PortalPage, id: number) => Promise<void>,
): Promise<void> {
  const id = await admin.makeWorkspace(`Previews ${Date.now()}`, {});
  for (const [path, content] of Object.entries(files)) await admin.write(id, path, content);
  const portal = await stoa.open(options);
  const away: string[] = [];
  const own = new URL(stoa.url).host;
  portal.page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith("http") && host !== own) away.push(request.url());
    if (request.url().includes("sign-out")) away.push(request.url());
  });
  portal.page.on("dialog", (dialog) => {
    away.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  try {
    await portal.signIn("admin", stoa.adminPassword);
    await work(portal, id);
    expect(away).toEqual([]);
    expect(await portal.page.getAttribute("html", "data-harmed")).toBeNull();
    expect(portal.complaints).toEqual([]);
  } finally {
    await portal.close();
  }
}

/** As its own address, which can be sent to somebody else. */
const open = async (page: Page, id: number, file: string) => {
  await page.goto(`/portal/workspaces/${id}?file=${encodeURIComponent(file)}`);
  return page.getByRole("dialog");
};

async function looked(portal: PortalPage, name: string): Promise<void> {
  await portal.picture(`preview-${name}`);
  expect(await portal.axe(), name).toEqual([]);
  const wide = await portal.page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
  expect(wide, `${name} is as wide as the screen`).toBeLessThanOrEqual(0);
}

const looks = [
  { locale: "en", scheme: "light", width: 1440 },
  { locale: "fa", scheme: "dark", width: 390 },
] as const;

describe.each(looks)("what is in a file is only shown ($locale)", (look) => {
  test("Markdown, with pictures of the workspace and links that are safe", async () => {
    const files = { ...hostileFiles, "img/plot.png": madePng() };
    await atFiles(look, files, async (portal, id) => {
      const { page, t } = portal;
      const dialog = await open(page, id, "read.md");
      await dialog.getByRole("heading", { name: "Report" }).waitFor();
      await expect
        .poll(() =>
          dialog.getByRole("img", { name: "plot" }).evaluate((image: { naturalWidth?: number }) => image.naturalWidth),
        )
        .toBe(2);
      await looked(portal, "markdown");
      expect(await dialog.getByRole("link", { name: "run" }).count()).toBe(0);
      expect(await dialog.getByRole("link", { name: "data" }).count()).toBe(0);
      expect(await dialog.locator("iframe, script, style").count()).toBe(0);
      const out = dialog.getByRole("link", { name: "out" });
      expect(await out.getAttribute("rel")).toContain("noopener");
      expect(await out.getAttribute("target")).toBe("_blank");
      await dialog.getByRole("button", { name: t("preview.asText") }).click();
      await dialog.getByText("<iframe").waitFor();
      await dialog.getByRole("button", { name: t("preview.asPage") }).click();
      await dialog.getByRole("link", { name: "beside" }).click();
      await dialog.getByRole("heading", { name: "یادداشت" }).waitFor();
    });
  });

  test("a notebook, its HTML as letters only", async () => {
    await atFiles(look, hostileFiles, async (portal, id) => {
      const { page, t } = portal;
      const dialog = await open(page, id, "run.ipynb");
      await dialog.getByText("hello", { exact: true }).waitFor();
      await dialog.getByText("[7]").waitFor();
      await dialog.getByText("ValueError: bad").waitFor();
      await dialog.getByText(t("preview.htmlOutput")).click();
      await dialog.getByText("<b>bold</b>").waitFor();
      expect(await dialog.locator("iframe, script, b").count()).toBe(0);
      await looked(portal, "notebook");
    });
  });

  test("a drawing as an image, HTML as letters, a table, JSON, bytes", async () => {
    await atFiles(look, hostileFiles, async (portal, id) => {
      const { page, t } = portal;
      let dialog = await open(page, id, "drawing.svg");
      await dialog.getByRole("img", { name: "drawing.svg" }).waitFor();
      expect(await dialog.locator("svg circle").count()).toBe(0);
      await looked(portal, "svg");
      dialog = await open(page, id, "page.html");
      await dialog.getByText("<!doctype html>").waitFor();
      expect(await dialog.getByRole("heading", { name: "Page", exact: true }).count()).toBe(0);
      dialog = await open(page, id, "table.csv");
      await dialog.getByRole("columnheader", { name: "نام" }).waitFor();
      await dialog.getByRole("cell", { name: '=HYPERLINK("https://evil.example")' }).waitFor();
      await looked(portal, "table");
      dialog = await open(page, id, "data.json");
      await dialog.getByText('"big": 12345678901234567890,').waitFor();
      await looked(portal, "json");
      dialog = await open(page, id, "tool.bin");
      await dialog.getByText("50 4b 03 04").waitFor();
      await dialog.getByRole("link", { name: t("files.downloadIt") }).waitFor();
      await looked(portal, "bytes");
    });
  });

  test("a PDF is drawn under our content security policy, and a damaged one says so", async () => {
    await atFiles(look, hostileFiles, async (portal, id) => {
      const { page, t } = portal;
      let dialog = await open(page, id, "paper.pdf");
      await dialog.getByText("First page here").waitFor();
      // Something dark is on the paper: the letters.
      const dark = `(() => {
        const { width, height } = document.querySelector("[role=dialog] canvas");
        const { data } = document.querySelector("[role=dialog] canvas").getContext("2d").getImageData(0, 0, width, height);
        return data.some((one, at) => at % 4 === 0 && one < 100);
      })()`;
      await expect.poll(() => page.evaluate<boolean>(dark)).toBe(true);
      await looked(portal, "pdf");
      dialog = await open(page, id, "broken.pdf");
      await dialog.getByText(t("preview.pdfBroken")).waitFor();
      await dialog.getByRole("link", { name: t("files.downloadIt") }).waitFor();
    });
  });
});

test("arrow keys lead from file to file, and closing leads back to the row", async () => {
  await atFiles({ locale: "fa" }, { "a.txt": "one", "b.txt": "two", "c.txt": "three" }, async ({ page, t }, id) => {
    await page.goto(`/portal/workspaces/${id}`);
    await page.getByRole("link", { name: "a.txt", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("one").waitFor();
    // What is next lies to the left in Persian.
    await page.keyboard.press("ArrowLeft");
    await dialog.getByText("two").waitFor();
    await dialog.getByRole("button", { name: t("preview.after") }).click();
    await dialog.getByText("three").waitFor();
    await page.keyboard.press("ArrowRight");
    await dialog.getByText("two").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await expect.poll(() => page.locator(":focus").innerText()).toBe("b.txt");
  });
});

test("a long text is had piece by piece, a long table page by page", async () => {
  const files = {
    "long.txt": Array.from({ length: 60_000 }, (_, at) => `line ${at}`).join("\n"),
    "long.csv": `a;b\n${Array.from({ length: 900 }, (_, at) => `${at};x`).join("\n")}`,
  };
  await atFiles({ locale: "en" }, files, async (portal, id) => {
    const { page, t } = portal;
    let dialog = await open(page, id, "long.txt");
    await dialog.getByText("line 3", { exact: true }).waitFor();
    await looked(portal, "long");
    await dialog.getByRole("button", { name: t("common.more") }).click();
    await dialog.getByRole("button", { name: t("common.more") }).waitFor({ state: "detached" });
    const box = dialog.getByRole("region", { name: t("preview.content") });
    await box.evaluate((box: { scrollTop: number; scrollHeight: number }) => {
      box.scrollTop = box.scrollHeight;
    });
    await dialog.getByText("line 59999", { exact: true }).waitFor();
    dialog = await open(page, id, "long.csv");
    await dialog.getByRole("cell", { name: "199", exact: true }).first().waitFor();
    await dialog.getByRole("button", { name: t("preview.rowsAfter") }).click();
    await dialog.getByRole("cell", { name: "399", exact: true }).first().waitFor();
    expect(await dialog.getByRole("cell", { name: "100", exact: true }).count()).toBe(0);
  });
});

test("sound is played from its download", async () => {
  await atFiles({ locale: "en" }, {}, async ({ page }, id) => {
    await admin.write(id, "tone.wav", madeWav());
    const dialog = await open(page, id, "tone.wav");
    await expect
      .poll(() => dialog.locator("audio").evaluate((audio: { duration?: number }) => audio.duration))
      .toBeCloseTo(0.1);
  });
});
