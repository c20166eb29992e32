import type { Page } from "playwright-core";

/** Lets files and folders of the disk fall onto the list of files, as from the desktop. */
export async function dropFromDisk(page: Page, paths: readonly string[]): Promise<void> {
  const box = await page.locator("[aria-busy]").last().boundingBox();
  if (box === null) throw new Error("there is no list to drop on");
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  // Below the rows: a folder would take what falls onto it.
  const at = { x: box.x + box.width / 2, y: box.y + box.height - 8 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, ...at, data });
  }
  await session.detach();
}
