import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { Stop } from "./node-binary.mjs";
import { root, say } from "./root.mjs";
import { runTool } from "./supervise.mjs";

const WEB = join(root, "packages/web");
const DIST = join(WEB, "dist");
const MARK = join(DIST, ".source-hash");

/** Builds the portal when its sources changed since the last build. */
export async function ensureWebBuilt() {
  if (!existsSync(join(WEB, "index.html")) || isCurrent()) return;
  const waiting = () => say("The portal is being built by another start; waiting for it …");
  try {
    await withLock(join(root, ".stoa/web-lock"), waiting, async () => {
      if (!isCurrent()) await build();
    });
  } catch (error) {
    if (error.code !== "EACCES" && error.code !== "EROFS") throw error;
    throw new Stop(
      "The portal has to be built, and this user may not write to the checkout.",
      "Run npm start once as its owner.",
    );
  }
}

/** Into a directory of its own, then in one move: a running server never sees half a portal. */
async function build() {
  const hash = sourceHash();
  const fresh = join(WEB, "dist.next");
  const old = join(WEB, "dist.old");
  const started = Date.now();
  say("Building the portal …");
  const args = ["build", WEB, "--outDir", fresh, "--emptyOutDir", "--logLevel", "warn"];
  const code = await runTool("vite/bin/vite.js", args, { stdio: ["ignore", 2, 2] });
  if (code !== 0) throw new Stop("The portal could not be built; the reason is above.", "Mend it, and run it again.");
  writeFileSync(join(fresh, ".source-hash"), hash);
  rmSync(old, { recursive: true, force: true });
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(fresh, DIST);
  rmSync(old, { recursive: true, force: true });
  say(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

function isCurrent() {
  try {
    return readFileSync(MARK, "utf8") === sourceHash();
  } catch {
    return false;
  }
}

/** Over names and contents of everything the build reads; the lock file stands for the dependencies. */
function sourceHash() {
  const hash = createHash("sha256");
  for (const file of [...sourceFiles(WEB), join(root, "package-lock.json")]) {
    hash.update(`${file.slice(root.length)}\0`);
    hash.update(createHash("sha256").update(readFileSync(file)).digest());
  }
  return hash.digest("hex");
}

function sourceFiles(directory) {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist.*|\..*)$/.test(entry.name) ? [] : sourceFiles(path);
    return entry.isFile() && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
