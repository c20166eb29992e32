import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import path from "node:path";

/** A data directory with everything that copying may get wrong: links of both kinds, holes, odd names, closed folders. */
export async function makeAwkwardFiles(dataDir: string): Promise<void> {
  const place = path.join(dataDir, "workspaces", "1", "10");
  await mkdir(path.join(place, "closed"), { recursive: true });
  await mkdir(path.join(dataDir, "trash", "1", "5"), { recursive: true });
  await mkdir(path.join(dataDir, "keys"));
  await writeFile(path.join(dataDir, "keys", "secret"), "the key");
  await writeFile(path.join(dataDir, "trash", "1", "5", "old"), "old");
  await writeFile(path.join(place, "notes.txt"), randomBytes(300_000));
  await link(path.join(place, "notes.txt"), path.join(place, "again"));
  await writeFile(path.join(place, "run"), "#!/bin/sh\n", { mode: 0o755 });
  await writeFile(path.join(place, "یادداشت\n.txt"), "");
  await writeFile(Buffer.concat([Buffer.from(`${place}/`), Buffer.from([0xff, 0xfe])]), "not UTF-8");
  await symlink("/etc/passwd", path.join(place, "outside"));
  await symlink("nowhere", path.join(place, "dangling"));
  await writeFile(path.join(place, "closed", "inside"), "x");
  await using sparse = await open(path.join(place, "sparse"), "w");
  await sparse.write("end", 20 * 1024 * 1024 - 3);
  await truncate(path.join(place, "sparse"), 20 * 1024 * 1024);
  if (process.getuid?.() === 0) await chown(path.join(place, "run"), 4321, 4322);
  await chmod(path.join(place, "closed"), 0o500);
  await utimes(path.join(place, "closed"), 1_000_000, 1_234_567.5);
}

/** What is where: name, kind, mode, owner, time and content of everything below. */
export async function fileTree(root: string): Promise<string[]> {
  const lines: string[] = [];
  const walk = async (directory: Buffer): Promise<void> => {
    for (const name of (await readdir(directory, { encoding: "buffer" })).sort(Buffer.compare)) {
      const file = Buffer.concat([directory, Buffer.from("/"), name]);
      const found = await lstat(file);
      const content = found.isFile() ? (await readFile(file)).toString("base64") : "";
      const target = found.isSymbolicLink() ? await readlink(file) : "";
      const time = found.isSymbolicLink() ? "" : found.mtimeMs.toFixed(0);
      lines.push(
        [file.subarray(root.length).toString("latin1"), found.mode, found.uid, found.gid, time, content, target].join(
          "|",
        ),
      );
      if (found.isDirectory()) await walk(file);
    }
  };
  await walk(Buffer.from(root));
  return lines;
}
