import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type HubTrouble, TROUBLES } from "../../packages/server/src/hub/health/trouble.ts";
import { type HubScene, startHubScene, until } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
beforeAll(async () => {
  scene = await startHubScene({ JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s" });
});
afterAll(() => scene.close());
afterEach(() => {
  scene.hub.intercept = () => false;
});

interface Need {
  readonly subject: { readonly kind: string; readonly id: string } | null;
  readonly tone: string;
  readonly params: { readonly message?: string };
}
const need = async (language = "en"): Promise<Need | null> => {
  const headers = { "accept-language": language };
  const { json } = await call(scene.stoa, "GET", "/api/stoa/v1/admin/needs", { as: scene.admin, headers });
  return json.items.find(({ subject }: Need) => subject?.id === "jupyterhub") ?? null;
};

it.each([
  ["that refuses the token", "token_refused", 403, '{"status": 403, "message": "no"}'],
  ["behind a gateway without it", "unreachable", 502, "<h1>Bad gateway</h1>"],
])(
  "a hub %s waits for an operator, until it is well again",
  async (_what, code, status, body) => {
    expect(await until(async () => (await need()) === null, "it is well", 20_000)).toBe(true);
    const trouble = TROUBLES[code as HubTrouble];
    const sentence = (language: "en" | "fa") =>
      expect.stringMatching(new RegExp(`^${trouble[language]}\\. .*docs/jupyterhub\\.md`));
    scene.hub.intercept = (_request, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end(body);
      return true;
    };
    const found = (await until(() => need(), "it is told", 20_000)) as Need;
    expect(found).toMatchObject({ tone: "bad", subject: { kind: "hub" }, params: { message: sentence("en") } });
    expect((await need("fa"))?.params).toEqual({ part: "jupyterhub", message: sentence("fa") });
    scene.hub.intercept = () => false;
    await until(async () => (await need()) === null, "it is well again", 30_000);
  },
  90_000,
);
