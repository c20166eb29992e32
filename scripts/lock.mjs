import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while no other process of this machine holds the lock `directory`. A holder that died is
 * passed over at once. Each holder owns a numbered file, and the highest number counts: taking over is
 * making the next one, which only one process can (link fails when it is there). `work` is given a
 * function that names a child: while that child lives the lock is held, even when its parent was killed.
 */
export async function withLock(directory, onWait, work) {
  mkdirSync(directory, { recursive: true });
  const mine = join(directory, String(await take(directory, onWait)));
  const rewrite = (content) => writeThrough(directory, (temporary) => renameSync(temporary, mine), content);
  try {
    return await work((child) => rewrite(`${holder(process.pid)}\n${holder(child)}`));
  } finally {
    rewrite("released");
  }
}

async function take(directory, onWait) {
  for (let waited = false; ; ) {
    const top = numbers(directory)[0] ?? 0;
    if (isHeld(join(directory, String(top)))) {
      if (!waited) onWait();
      waited = true;
      await sleep(200);
    } else if (claim(directory, top + 1)) {
      return top + 1;
    }
  }
}

function claim(directory, number) {
  const file = join(directory, String(number));
  try {
    writeThrough(directory, (temporary) => linkSync(temporary, file), holder(process.pid));
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
  // Others may have passed this number, and tidied it away, since it was read.
  const [top, ...below] = numbers(directory);
  for (const old of top === number ? below : [number]) rmSync(join(directory, String(old)), { force: true });
  return top === number;
}

/** A file appears complete or not at all. */
function writeThrough(directory, publish, content) {
  const temporary = join(directory, `.${process.pid}`);
  writeFileSync(temporary, content);
  try {
    publish(temporary);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function numbers(directory) {
  const names = readdirSync(directory).filter((name) => /^\d+$/.test(name));
  return names.map(Number).sort((a, b) => b - a);
}

function isHeld(file) {
  let content;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    return false;
  }
  return content.split("\n").some((line) => /^\d+ \d+$/.test(line) && holder(line.split(" ")[0]) === line);
}

function holder(pid) {
  return `${pid} ${startTime(pid)}`;
}

/** In clock ticks since boot: with it, a process number that was given again is told apart. */
function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return "gone";
  }
}
