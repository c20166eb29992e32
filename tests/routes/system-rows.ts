import type { Ground } from "./ground.ts";
import type { Row } from "./row.ts";

const SETTINGS = "/api/stoa/v1/system/settings";

async function versionOf(ground: Ground, name: string): Promise<number> {
  const { json } = await ground.call(ground.admin.jwt, "GET", SETTINGS);
  const items = json.items as { name: string; version: number }[];
  return items.find((item) => item.name === name)?.version ?? 0;
}

/** What administrators set for all. */
export const systemRows: readonly Row[] = [
  { route: `GET ${SETTINGS}`, status: 200, signIn: true, others: "administrators only", call: () => ({}) },
  {
    route: `PATCH ${SETTINGS}`,
    status: 200,
    signIn: true,
    others: "administrators only",
    async call(ground) {
      const name = "STOA_TRASH_RETENTION_DAYS";
      return { body: { changes: [{ name, value: "31", version: await versionOf(ground, name) }] } };
    },
  },
];
