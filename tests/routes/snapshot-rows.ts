import { join } from "node:path";
import { createDirectories } from "../../packages/server/src/workspaces/files/directories.ts";
import { type Ground, type Person, unique } from "./ground.ts";
import type { Others, Row } from "./row.ts";
import { NO_ID } from "./things.ts";
import { noWorkspace } from "./workspace-rows.ts";

const SNAPSHOT = "stoa-hourly-20261122T07";
const noneThen: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found", detail: "There is no workspace here." }),
  absent: { params: { id: NO_ID, name: SNAPSHOT } },
};

/** Somebody whose workspace lies in their storage, with a snapshot of `a.txt`. */
async function looksBack(ground: Ground): Promise<{ person: Person; id: number; shows: string }> {
  const { platform, storage } = ground.stoa;
  const person = await ground.newPerson("back");
  const name = person.username;
  const subject = { kind: "user", name, account_id: person.id } as const;
  await ground.call(ground.admin.jwt, "POST", "/api/stoa/v1/storage/subjects", subject);
  const directory = storage.driver.state.directoryOf(subject) ?? join("/nowhere", name);
  await createDirectories(platform.config.dataDir, platform.config.nodeId).house(person.id, directory);
  const shows = unique("then");
  const body = { name, description: "", workspace_details: { files: [{ name: "a.txt", content: shows }] } };
  const made = await ground.call(person.jwt, "POST", "/workspaces/", body);
  ground.snapshots.take(SNAPSHOT, subject);
  return { person, id: made.json.data.workspace.id, shows };
}

/** A workspace as it was. */
export const snapshotRows: readonly Row[] = [
  {
    route: "GET /api/stoa/v1/workspaces/:id/snapshots",
    status: 200,
    others: noWorkspace,
    call: async (ground) => {
      const { person, id } = await looksBack(ground);
      return { as: person, params: { id }, shows: SNAPSHOT };
    },
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/snapshots/:name/files",
    status: 200,
    others: noneThen,
    call: async (ground) => {
      const { person, id } = await looksBack(ground);
      return { as: person, params: { id, name: SNAPSHOT }, shows: "a.txt" };
    },
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/snapshots/:name/content",
    status: 200,
    others: noneThen,
    call: async (ground) => {
      const { person, id, shows } = await looksBack(ground);
      return { as: person, params: { id, name: SNAPSHOT }, query: "?path=a.txt", shows };
    },
  },
  {
    route: "POST /api/stoa/v1/workspaces/:id/snapshots/:name/restore",
    status: 200,
    others: noneThen,
    call: async (ground) => {
      const { person, id } = await looksBack(ground);
      const body = { paths: ["a.txt"], on_conflict: "keep_both" };
      return { as: person, params: { id, name: SNAPSHOT }, body, shows: "a (2).txt" };
    },
  },
];
