import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import type { Config, Entry, Feature } from "../../config/schema.ts";
import type { Trx } from "../database/database.ts";
import type { RoutePolicy } from "../http/route-policy.ts";
import type { LiveSettings, WantedChange } from "./live-settings.ts";
import { type Setting, Settings, SettingsChange } from "./schema.ts";

const address = "/api/stoa/v1/system/settings";
const readPolicy: RoutePolicy = { dialect: "stoa", access: { scope: "people:read", admin: true, signIn: true } };
/** Who may register, what must be proven: not for a token that may have leaked. */
const changePolicy: RoutePolicy = {
  dialect: "stoa",
  access: { scope: "people:write", admin: true, signIn: true },
  audit: "settings.change",
};

/** What whoever is signed in types once more. */
interface TypedProof {
  readonly currentPassword: string | undefined;
  readonly code: string | undefined;
}

/**
 * Work by who proves once more who they are. What it gives to the work belongs into the work's transaction.
 * @throws a refusal
 */
export type ProvenAgain = (
  app: FastifyInstance,
  request: FastifyRequest,
  proof: TypedProof,
  work: (prove: (trx: Trx) => Promise<void>) => Promise<void>,
) => Promise<void>;

interface SettingsParts {
  readonly config: Config;
  readonly settings: LiveSettings;
  /** All that there are, in the order of their table. */
  readonly entries: readonly Entry[];
  /** What is on or off now. */
  readonly features: () => readonly Feature[];
  readonly provenAgain: ProvenAgain;
  /** What domains do at a change, in its transaction. */
  readonly onChange: (trx: Trx, changes: readonly WantedChange[]) => Promise<void>;
  /** Who made the last changes: user names by account. */
  readonly namesOf: (accountIds: readonly number[]) => Promise<ReadonlyMap<number, string>>;
}

/** What is set, what is on or off and why, and what may be changed at once. */
export function settingsRoutes(parts: SettingsParts): FastifyPluginAsyncTypebox {
  const dangerous = new Set(parts.entries.flatMap(({ setting }) => (setting.dangerous ? [setting.env] : [])));
  return async (app) => {
    app.get(
      address,
      {
        config: { policy: readPolicy },
        schema: {
          summary: "All settings",
          description:
            "For administrators: what applies and where it comes from, without secrets, and what is on or off with it.",
          tags: ["system"],
          response: { 200: Settings },
        },
      },
      async (_request, reply) => {
        reply.header("cache-control", "no-store");
        return await present(parts);
      },
    );

    app.patch(
      address,
      {
        config: { policy: changePolicy },
        schema: {
          summary: "Change settings",
          description:
            "All of the changes or none. In effect at once here, and within a second on every other server. What is written at the host wins, and is refused here. `dangerous` ones ask for the own password once more, and a code where there is a second factor.",
          tags: ["system"],
          body: SettingsChange,
          response: { 200: Settings },
        },
      },
      async (request) => {
        const { changes, current_password: currentPassword, code } = request.body;
        const change = (prove?: (trx: Trx) => Promise<void>) =>
          parts.settings.change(changes, request, async (trx) => {
            await prove?.(trx);
            await parts.onChange(trx, changes);
          });
        // A browser left open, or a stolen cookie, must not open the server to strangers.
        const isDangerous = changes.some(({ name }) => dangerous.has(name));
        if (isDangerous) await parts.provenAgain(app, request, { currentPassword, code }, change);
        else await change();
        return await present(parts);
      },
    );
  };
}

async function present({
  config,
  settings,
  entries,
  features,
  namesOf,
}: SettingsParts): Promise<Static<typeof Settings>> {
  const rows = settings.rows();
  const names = await namesOf([...rows.values()].flatMap((row) => row.changed_by ?? []));
  const items = entries.map(({ keys, yaml, setting }): Static<typeof Setting> => {
    const value = keys.reduce<unknown>((group, key) => (group as Record<string, unknown>)[key], config) ?? null;
    const { form } = setting.parser;
    const row = setting.live ? rows.get(setting.env) : undefined;
    const where = config.written[setting.env] ?? null;
    return {
      name: setting.env,
      yaml,
      about: setting.about,
      accepts: setting.parser.accepts,
      form: form.kind,
      choices: form.kind === "choice" ? [...form.words] : [],
      value: value === null ? null : setting.secret ? "(set)" : setting.parser.show(value),
      default: setting.fallbackText,
      source: sourceOf(setting.env, where, row?.value ?? null),
      written_at: where,
      secret: setting.secret,
      live: setting.live,
      dangerous: setting.dangerous,
      version: row?.version ?? 0,
      chosen: row?.value ?? null,
      not_applied: notApplied(settings, setting.env),
      previous: row?.previous ?? null,
      changed_at: row?.changed_at.toISOString() ?? null,
      changed_by: row?.changed_by ? (names.get(row.changed_by) ?? null) : null,
    };
  });
  return { items, features: features().map((feature) => ({ ...feature })) };
}

function notApplied(settings: LiveSettings, name: string): string | null {
  const problem = settings.leftOut().get(name);
  return problem === undefined ? null : `${problem.where} ${problem.problem}. ${problem.remedy}`;
}

function sourceOf(name: string, where: string | null, chosen: string | null) {
  if (where === null) return chosen === null ? ("default" as const) : ("portal" as const);
  return where === name ? ("environment" as const) : ("file" as const);
}
