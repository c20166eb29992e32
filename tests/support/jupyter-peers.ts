import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Real Jupyters are kept between runs: some hundred MB of them come over the network. */
const cache = process.getuid?.() === 0 ? "/var/cache/stoa-peers" : join(homedir(), ".cache/stoa-peers");
const REQUIRED = process.env.STOA_PEERS === "required";

/**
 * A virtual environment with JupyterLab 4 and Notebook 7.
 * @returns its folder; null: it is not there, and may be done without
 */
export function jupyterLab4(): string | null {
  return environment("lab4", ["jupyterlab==4.*", "notebook==7.*"]);
}

/** JupyterHub in that version with the plainest server. The same of its folder. */
export function jupyterHub(version: 5 | 6): string | null {
  return environment(`hub${version}`, [`jupyterhub==${version}.*`, "jupyter-server"]);
}

/** JupyterHub 5 with JupyterLab 4, whose servers also an older hub starts. The same of its folder. */
export function hubWithLab(): string | null {
  return environment("hub5-lab4", ["jupyterhub==5.*", "jupyterlab==4.*"]);
}

/** Debian's own JupyterHub: its folder, or null. */
export function debianHub(): string | null {
  if (existsSync("/usr/bin/jupyterhub") && notebook6()) return "/usr";
  if (REQUIRED) throw new Error("jupyterhub is not installed, and peers are required.");
  return null;
}

/** Made once, where peers are required. */
function environment(name: string, packages: readonly string[]): string | null {
  const folder = join(cache, name);
  const ready = join(folder, ".complete");
  if (existsSync(ready)) return folder;
  if (!REQUIRED) return null;
  mkdirSync(cache, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  const options = { stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"], timeout: 300_000 };
  execFileSync("/usr/bin/python3", ["-m", "venv", folder], options);
  const install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", ...packages];
  execFileSync("nice", [join(folder, "bin/python"), ...install], options);
  writeFileSync(ready, "");
  return folder;
}

/** A folder whose only Jupyter is that environment's notebook 7. */
export function onlyNotebook7(lab: string): string {
  const folder = join(cache, "notebook7");
  const program = join(folder, "bin/jupyter-notebook");
  mkdirSync(join(folder, "bin"), { recursive: true });
  if (!existsSync(program)) symlinkSync(join(lab, "bin/jupyter-notebook"), program);
  return folder;
}

/** Debian's own notebook 6. */
export function notebook6(): boolean {
  const there = existsSync("/usr/bin/jupyter-notebook");
  if (!there && REQUIRED) throw new Error("jupyter-notebook is not installed, and peers are required.");
  return there;
}
