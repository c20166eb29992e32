import axe from "axe-core";
import type { Frame, Page } from "playwright-core";

export interface Finding {
  readonly impact: string | null;
  readonly line: string;
}

/** Runs in the page, with every rule that axe has on by itself; what passed is not asked for. */
const run = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => ({ impact, line: id + ": " + target.join(" ") + " " + (failureSummary ?? "") })),
  ),
)`;

/** @returns what axe finds on the page as it stands */
export async function axeFindings(page: Page): Promise<Finding[]> {
  await Promise.all(page.frames().map(bring));
  return page.evaluate<Finding[]>(run);
}

/** Once for a document: half a megabyte, and pages change within one. */
async function bring(frame: Frame): Promise<void> {
  if (!(await frame.evaluate<boolean>("typeof axe === 'object'"))) await frame.evaluate(axe.source);
}
