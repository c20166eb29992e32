import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";

it("passes nothing on that whoever started us had open", () => {
  const script = `
    const { spawnSync } = await import("node:child_process");
    const look = () => spawnSync("readlink", ["/proc/self/fd/200"], { encoding: "utf8" }).stdout.trim();
    const before = look();
    (await import(process.argv[1])).closeInherited();
    console.log(JSON.stringify([before, look()]));
  `;
  const module = new URL("./inherited.ts", import.meta.url).href;
  const shell = 'exec 200</etc/passwd; exec "$0" --input-type=module -e "$1" "$2"';
  const said = execFileSync("/bin/bash", ["-c", shell, process.execPath, script, module], { encoding: "utf8" });
  expect(JSON.parse(said)).toEqual(["/etc/passwd", ""]);
});
