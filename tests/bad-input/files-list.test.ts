import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

/**
 * Everything bad that may happen to people's files, by their own programs, archives and shares, and where a test does
 * it: a file, and words of its test's name. Whoever renames or removes such a test is told here.
 */
const here = "tests/bad-input";
const workspaces = "packages/server/src/workspaces";
const files = `${workspaces}/files`;
const agent = `${workspaces}/file-work/agent`;
const transfers = `${workspaces}/transfers`;
const sharing = `${workspaces}/sharing`;
const where: Readonly<Record<string, readonly (readonly [file: string, words: string])[]>> = {
  "a symlink swapped in between": [
    [`${files}/swap-race.test.ts`, "reads and writes nothing outside while a folder is swapped for a link"],
    [`${agent}/agent-race.test.ts`, "has nothing outside read or written"],
  ],
  "a directory moved away": [[`${files}/hostile-files.test.ts`, "goes on in the folder it opened"]],
  "a FIFO and a device in the way": [
    [`${workspaces}/file-work/contract-suite.ts`, "waits for no pipe, and reads no device"],
    [`${files}/hostile-files.test.ts`, "reads no device, whatever it is called"],
  ],
  "a file growing, or made shorter": [
    [`${files}/hostile-files.test.ts`, "as many bytes of a growing file as it had"],
    [`${files}/hostile-files.test.ts`, "breaks off where a file is made shorter"],
  ],
  "files with holes, more than any disk": [
    [`${workspaces}/details/scan-queue.test.ts`, "counts files with holes up to what can be read again"],
  ],
  "permission 000": [[`${files}/hostile-files.test.ts`, "says what is closed to it"]],
  "a hard link to another's file": [[`${files}/hostile-files.test.ts`, "changes nothing of another's file"]],
  "an agent that its person has replaced": [
    [`${agent}/hostile-agent.test.ts`, "millions of values"],
    [`${agent}/hostile-agent.test.ts`, "gets no more of an upload than it reads"],
    [`${agent}/hostile-answers.test.ts`, "into nobody's pages"],
    [`${agent}/hostile-answers.test.ts`, "holds nobody's transaction for ever"],
    [`${workspaces}/files-api/download.test.ts`, "nobody else's answer begins in them"],
    [`${files}/copy-tree.test.ts`, "takes no noise for a stream"],
    [`${files}/copy-tree.test.ts`, "whatever the sender's program sends"],
  ],
  "one person holding up others": [
    [`${workspaces}/transact-as.test.ts`, "are few of one person"],
    ["packages/server/src/platform/operations/cluster.test.ts", "leaves places to others"],
  ],
  "zip bombs": [
    [`${transfers}/unpack.test.ts`, '"bomb of many"'],
    [`${transfers}/unpack.test.ts`, "where files overlap"],
    [`${transfers}/hostile-tars.test.ts`, "an archive of nothing"],
  ],
  "archives with '..', absolute names and links": [
    [`${transfers}/unpack.test.ts`, '"leads out"'],
    [`${transfers}/unpack.test.ts`, '"absolute"'],
    [`${transfers}/unpack.test.ts`, '"symbolic link"'],
    [`${transfers}/unpack.test.ts`, '"tar: hard link"'],
    [`${transfers}/hostile-tars.test.ts`, "a way out in the extended header"],
  ],
  "65,535 entries": [[`${files}/unpack-zip.test.ts`, "takes 65,536 entries"]],
  "tar headers: sparse, extended, long names, sizes": [
    [`${transfers}/hostile-tars.test.ts`, "a file with holes, as pieces"],
    [`${transfers}/hostile-tars.test.ts`, "a size below nothing"],
    [`${transfers}/hostile-tars.test.ts`, "is taken: long names"],
  ],
  "wrong encodings": [
    [`${transfers}/unpack.test.ts`, '"name not UTF-8"'],
    [`${transfers}/unpack.test.ts`, "reads old names by code page 437"],
    [`${files}/hostile-trees.test.ts`, "names that are no UTF-8"],
  ],
  "names: Unicode, case, 255 bytes, trailing dots": [
    [`${workspaces}/files-api/names.test.ts`, "differs in case, composition or invisible characters"],
    [`${workspaces}/files-api/names.test.ts`, "ends in dots"],
    [`${here}/names.test.ts`, "300 bytes"],
  ],
  "the disk full in the middle": [
    [`${transfers}/full-disk.test.ts`, "keeps what came of an upload"],
    [`${transfers}/full-disk.test.ts`, "leaves nothing of many files"],
    [`${transfers}/full-disk.test.ts`, "leaves nothing of an archive"],
    [`${transfers}/full-disk.test.ts`, "leaves nothing of a copy"],
    [`${sharing}/copying.test.ts`, "where the receiver's disk is full"],
  ],
  "a quota, or a limit of the system": [
    [`${files}/file-errors.test.ts`, "as a disk that is full, from an agent too"],
    [`${files}/staged-file.test.ts`, "a limit of the system stops the file"],
  ],
  "resume with changed content": [
    [`${transfers}/tus.test.ts`, "resumed with another file than was announced"],
    [`${transfers}/tus.test.ts`, "do not match their checksum"],
  ],
  "another's upload": [[`${transfers}/tus.test.ts`, "to anybody else"]],
  "the same share accepted twice": [
    [`${sharing}/at-once.test.ts`, "accepts once, however many ask at once"],
    [`${sharing}/contract.test.ts`, "makes it its receiver's own, now; once"],
  ],
  "a share accepted by the wrong person": [[`${sharing}/contract.test.ts`, "is for the receiver only"]],
  "a share accepted after deletion of the original": [
    [`${sharing}/contract.test.ts`, "works when the original is gone"],
  ],
  "a share copy interrupted by kill -9": [[`${here}/share-copy.test.ts`, "though the server is killed on the way"]],
  "/tokens/ for an admin by an API client": [
    ["packages/server/src/accounts/uws-tokens/mint-for-client.test.ts", "who became an administrator"],
  ],
  "huge filters": [[`${workspaces}/contract/bounds.test.ts`, "filters of any size"]],
  "deleting while someone downloads": [
    [`${workspaces}/files-api/files.test.ts`, "goes on while the workspace is deleted"],
    [`${files}/pack-selection.test.ts`, "when the workspace is thrown away meanwhile"],
  ],
};

it.each(Object.entries(where))("%s has its test", (_item, places) => {
  for (const [file, words] of places) {
    const text = readFileSync(join(import.meta.dirname, "../..", file), "utf8");
    expect(text, file).toContain(words);
  }
});
