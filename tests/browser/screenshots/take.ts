import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openBrowser } from "../portal-page.ts";
import { type Choice, readChoice, usage } from "./choice.ts";
import { type Taken, writeIndex, writeSheets } from "./contact-sheet.ts";
import { absurdLab } from "./lab/absurd.ts";
import { emptyLab, type Ground, type Lab, startGround, stopAll } from "./lab/lab.ts";
import { typicalLab } from "./lab/typical.ts";
import type { DataKind, Look } from "./looks.ts";
import type { Pictured } from "./pages.ts";
import { faults, portalFor, show, take } from "./picture.ts";

const folder = join(import.meta.dirname, "../../../artifacts/screenshots");
/** Pictures that are taken at once. */
const workers = 3;

const labs = {
  none: { fullName: "Shirin Tehrani", fill: async (ground: Ground) => emptyLab(ground) },
  typical: { fullName: "Shirin Tehrani", fill: typicalLab },
  absurd: { fullName: "Shirin ".repeat(40), fill: absurdLab },
} as const;
type LabName = keyof typeof labs;

/** Pages that load, fail or can't reach the server have a usual lab behind them. */
const labOf = (kind: DataKind): LabName => (kind === "none" || kind === "absurd" ? kind : "typical");

/** What one browser profile can take one after the other. */
interface Round {
  readonly look: Look;
  readonly kind: DataKind;
  readonly pages: readonly Pictured[];
}

function roundsOf(choice: Choice, name: LabName): Round[] {
  const kinds = choice.kinds.filter((kind) => labOf(kind) === name);
  return kinds.flatMap((kind) =>
    choice.looks.flatMap((look) => {
      // A dialog needs something to open it on.
      const pages = choice.pages.filter(({ open }) => !open || kind === "typical" || kind === "absurd");
      const alike = Map.groupBy(pages, ({ viewer, session }) => `${viewer} ${JSON.stringify(session)}`);
      return [...alike.values()].map((some) => ({ look, kind, pages: some }));
    }),
  );
}

interface Run {
  readonly browser: Browser;
  readonly taken: Taken[];
  readonly faults: string[];
}

async function takeRound(run: Run, lab: Lab, { look, kind, pages }: Round): Promise<void> {
  const [first] = pages;
  if (first === undefined) return;
  const portal = await portalFor(run.browser, lab, look, kind, first);
  for (const page of pages) {
    const file = `${page.name}/${kind}-${look.name}.png`;
    const told = (fault: unknown) => {
      const line = `${page.name} ${kind} ${look.name}: ${String(fault).slice(0, 400)}`;
      console.log(line);
      run.faults.push(line);
    };
    try {
      await show(portal, lab, kind, page).catch(told);
      for (const fault of await faults(portal)) told(fault);
      await take(portal.page, join(folder, file));
      run.taken.push({ file, page: page.name, kind, look: look.name });
    } catch (error) {
      told(error);
    }
  }
  await portal.close();
}

async function takeAll(run: Run, lab: Lab, rounds: readonly Round[]): Promise<void> {
  const waiting = [...rounds];
  const work = async () => {
    for (let round = waiting.shift(); round !== undefined; round = waiting.shift()) await takeRound(run, lab, round);
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** @returns what is wrong with the pictures, a line each */
export async function takePictures(choice: Choice): Promise<{ taken: readonly Taken[]; faults: readonly string[] }> {
  if (choice.pages.length > 5) rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "sheets"), { recursive: true });
  const run: Run = { browser: await openBrowser(), taken: [], faults: [] };
  try {
    for (const name of ["none", "typical", "absurd"] as const) {
      const rounds = roundsOf(choice, name);
      if (rounds.length === 0) continue;
      const ground = await startGround(labs[name].fullName);
      try {
        const lab = await labs[name].fill(ground);
        console.log(`${name}: ${rounds.reduce((sum, { pages }) => sum + pages.length, 0)} pictures …`);
        await takeAll(run, lab, rounds);
        await stopAll(lab.person);
        await stopAll(lab.admin);
      } finally {
        await ground.close();
      }
    }
    const order = new Map(choice.pages.map(({ name }, at) => [name, at]));
    run.taken.sort((a, b) => (order.get(a.page) ?? 0) - (order.get(b.page) ?? 0) || (a.file < b.file ? -1 : 1));
    writeIndex(folder, run.taken);
    await writeSheets(run.browser, folder, run.taken);
  } finally {
    await run.browser.close();
  }
  return run;
}

if (import.meta.main) {
  const args = process.argv.slice(2);
  if (args.includes("--help")) console.log(usage());
  else {
    const { taken, faults: found } = await takePictures(readChoice(args));
    console.log(`${taken.length} pictures, ${found.length} faults: artifacts/screenshots/index.html`);
    process.exitCode = found.length === 0 ? 0 : 1;
  }
}
