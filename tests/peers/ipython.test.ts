import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { debianHub, jupyterLab4 } from "../support/jupyter-peers.ts";
import { accessToken, send } from "../support/portal-client.ts";
import { ADMIN_PASSWORD, discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const EXTENSION = join(import.meta.dirname, "../../integrations/ipython");
const KERNEL = "/usr/lib/python3/dist-packages/ipykernel";
const lab = jupyterLab4();
const kernels = [
  { peer: "Debian's ipykernel 6", python: debianHub() !== null && existsSync(KERNEL) ? "/usr/bin/python3" : null },
  { peer: "the newest ipykernel", python: lab === null ? null : join(lab, "bin/python") },
];

describe.each(kernels)("$peer with the extension", ({ python }) => {
  describe.skipIf(python === null)("and a Stoa", () => {
    let stoa: StoaProcess;
    let token: string;
    let home: string;

    beforeAll(async () => {
      stoa = await startStoa();
      token = await accessToken(stoa.url, "admin", ADMIN_PASSWORD);
    });
    afterAll(async () => {
      if (stoa !== undefined) await discard(stoa);
    });
    beforeEach(async () => {
      home = mkdtempSync(join(tmpdir(), "stoa-ipython-"));
      mkdirSync(join(home, "profile/profile_default"), { recursive: true });
      // As an operator switches it on, but for this home alone.
      const config = join(EXTENSION, "etc/ipython_config.py");
      await copyFile(config, join(home, "profile/profile_default/ipython_config.py"));
    });
    afterEach(() => rmSync(home, { recursive: true, force: true }));

    /** What each cell showed in the notebook. */
    async function run(cells: readonly string[], env: Record<string, string> = {}): Promise<unknown[][]> {
      const child = spawn(python as string, [join(import.meta.dirname, "ipython_cells.py")], {
        env: {
          PATH: `${join(python as string, "..")}:/usr/bin:/bin`,
          HOME: home,
          LANG: "C.UTF-8",
          IPYTHONDIR: join(home, "profile"),
          XDG_STATE_HOME: join(home, "state"),
          PYTHONPATH: EXTENSION,
          PYTHONDONTWRITEBYTECODE: "1",
          STOA_URL: stoa.url,
          STOA_ACTIVITY_TOKEN: token,
          ...env,
        },
      });
      child.stdin.end(JSON.stringify(cells));
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      expect(out, err).not.toBe("");
      return JSON.parse(out);
    }

    // biome-ignore lint/suspicious/noExplicitAny: a test reads foreign shapes and asserts on them at once
    async function reported(mark: string): Promise<any[]> {
      const path = `/api/activity/search?query=${encodeURIComponent(mark)}&limit=50`;
      const found = await send(`${stoa.url}${path}`, "GET", undefined, { Authorization: `Bearer ${token}` });
      expect(found.status, found.text).toBe(200);
      return found.json.results;
    }

    /** On a busy machine a kernel's end leaves some of it to the next one: then there is a next one. */
    async function delivered(): Promise<void> {
      for (let tries = 0; tries < 5 && globSync(join(home, "state/stoa/activity/*/*.jsonl")).length > 0; tries++) {
        await run(["import time; time.sleep(2)"]);
      }
    }

    const byCell = (a: { cell_number: number }, b: { cell_number: number }): number => a.cell_number - b.cell_number;

    it("reports what was run, and shows nothing of it", async () => {
      const mark = `mark_${python?.length}_run`;
      const shown = await run([`${mark} = 6 * 7; ${mark}`, `print("${mark}")`, `${mark} / 0`, `password = "${mark}!"`]);
      expect(shown).toEqual([
        [["execute_result", ""]],
        [["stream", `${mark}\n`]],
        [["error", "ZeroDivisionError"]],
        [],
      ]);
      await delivered();
      const found = (await reported(mark)).sort(byCell);
      expect(found.map(({ cell_number, status }) => [cell_number, status])).toEqual([
        [1, "success"],
        [2, "success"],
        [3, "error"],
      ]);
      expect(found[2].error_message).toContain("ZeroDivisionError: division by zero");
      expect(await reported("password = ")).toMatchObject([{ code: 'password = "[masked]"' }]);
    });

    it("says what it does when it is asked, and is switched off", async () => {
      const [status, , off] = await run(["%stoa_activity", "%stoa_activity off", "switched_off = 1"]);
      expect(status?.[0]).toMatchObject(["stream", expect.stringContaining("Executions are reported")]);
      expect(JSON.stringify(status)).not.toContain(token);
      expect(off).toEqual([]);
      expect(await reported("switched_off")).toEqual([]);
    });

    it("survives odd code, and children of its own", async () => {
      const shown = await run([
        '"odd\\ud800"; len("\\0" * 5)',
        `odd_long = """${"x".repeat(200_000)}"""`,
        'import os\nodd_child = os.fork()\nif odd_child == 0: os._exit(0)\nos.waitpid(odd_child, 0); print("odd")',
        "import multiprocessing as m\nwith m.get_context('fork').Pool(2) as p: print(sum(p.map(abs, [-1, -2])), 'odd')",
      ]);
      expect(shown.at(-2)).toContainEqual(["stream", "odd\n"]);
      expect(shown.at(-1)).toContainEqual(["stream", "3 odd\n"]);
      await delivered();
      expect((await reported("odd")).map(({ cell_number }) => cell_number).sort()).toEqual([1, 2, 3, 4]);
      expect((await reported("odd_long"))[0].code).toMatch(/x… \[cut: \d+ characters\]$/);
    });

    it("leaves what it could not send to the next kernel, also when it is killed", async () => {
      const nobody = { STOA_ACTIVITY_INTERVAL: "0.1" };
      process.kill(stoa.serverPid(), "SIGSTOP");
      try {
        expect(await run(["left_behind = 1"], nobody)).toEqual([[]]);
        expect(globSync(join(home, "state/stoa/activity/*/*.jsonl"))).toHaveLength(1);
      } finally {
        process.kill(stoa.serverPid(), "SIGCONT");
      }
      const refusing = { ...nobody, STOA_ACTIVITY_TOKEN: "refused", KILL: "1" };
      expect(await run(["left_by_the_killed = 1"], refusing)).toEqual([[]]);
      expect(await run(["left_last = 1"])).toEqual([[]]);
      await delivered();
      await expect.poll(async () => (await reported("left_")).length).toBe(3);
      expect(globSync(join(home, "state/stoa/activity/*/*.jsonl"))).toEqual([]);
    });
  });
});
