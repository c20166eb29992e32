import type { Accounts } from "@stoa/server/accounts/accounts.ts";
import { type Command, InvalidArgumentError } from "commander";
import { act, type Context } from "../action.ts";
import { requireCurrentSchema, withDatabase } from "../database.ts";
import { exitCodes } from "../exit-codes.ts";
import { operator } from "../operator.ts";

type Services = Accounts["services"];

interface Options {
  readonly json?: boolean;
}
interface CreateOptions extends Options {
  readonly description: string;
  readonly apiClient: boolean;
}
interface TokenOptions extends Options {
  readonly label: string;
  readonly days?: number;
}
interface RevokeOptions extends Options {
  readonly keepMinted?: boolean;
}

const asJson = ["--json", "as JSON"] as const;

/** `stoa service list|create|token|revoke` */
export function addService(program: Command, context: Context): void {
  const service = program
    .command("service")
    .description("Looks after service accounts: programs that get tokens for the people they bring (POST /tokens/)");
  addList(service, context);
  addCreate(service, context);
  addToken(service, context);
  addRevoke(service, context);
}

function addList(service: Command, context: Context): void {
  service
    .command("list")
    .description("List service accounts with their client tokens, without the secrets")
    .option(...asJson)
    .action((options: Options) => run(context, options, (services) => list(context, services, options)));
}

function addCreate(service: Command, context: Context): void {
  service
    .command("create")
    .description("Make a service account, in the group api_clients")
    .argument("<username>", "its name: by the rule for people's, and unique among them")
    .requiredOption("--description <text>", "what it is and who runs it")
    .option("--no-api-client", "leave it out of the group: it gets no tokens for anybody")
    .option(...asJson)
    .action((username: string, options: CreateOptions) =>
      run(context, options, async (services) => {
        const { description, apiClient } = options;
        const made = await services.create({ username, description, apiClient }, operator());
        const text = `${made.username} is there. Its first client token: npx stoa service token ${made.username} --label …`;
        context.terminal.out(options.json ? JSON.stringify({ id: made.id, username: made.username }) : text);
      }),
    );
}

function addToken(service: Command, context: Context): void {
  service
    .command("token")
    .description("Make a client token: printed now, and never again")
    .argument("<username>", "the service account")
    .requiredOption("--label <text>", "where it will be used")
    .option("--days <days>", "how long it is good (365)", wholeNumber)
    .option(...asJson)
    .action((username: string, options: TokenOptions) =>
      run(context, options, async (services) => {
        const { label, days } = options;
        const wanted = days === undefined ? { label } : { label, days };
        const { token, row } = await services.createToken(username, wanted, operator());
        const expires = row.expires_at.toISOString();
        const json = { token, key_id: row.key_id, expires_at: expires };
        context.terminal.out(options.json ? JSON.stringify(json) : `${token}\n${row.key_id}, good until ${expires}.`);
      }),
    );
}

function addRevoke(service: Command, context: Context): void {
  service
    .command("revoke")
    .description("End a client token, and the tokens that people got by it")
    .argument("<username>", "the service account")
    .argument("<key-id>", "four words: see stoa service list")
    .option("--keep-minted", "leave people their tokens, for a planned change")
    .option(...asJson)
    .action((username: string, keyId: string, options: RevokeOptions) =>
      run(context, options, async (services) => {
        const ended = await services.revokeToken(username, keyId, options.keepMinted === true, operator());
        const text = `${keyId} is revoked, and with it ${ended} tokens of people.`;
        context.terminal.out(options.json ? JSON.stringify({ key_id: keyId, ended }) : text);
      }),
    );
}

async function list({ terminal }: Context, services: Services, options: Options): Promise<void> {
  const all = await services.list();
  if (options.json) {
    const token = (one: (typeof all)[number]["tokens"][number]) => ({
      key_id: one.key_id,
      label: one.label,
      status: one.status,
      expires_at: one.expires_at.toISOString(),
      last_used_at: one.last_used_at?.toISOString() ?? null,
    });
    const shown = all.map(({ id, username, full_name, status, api_client, people, tokens }) => ({
      ...{ id, username, description: full_name, active: status === "active", api_client, people },
      tokens: tokens.map(token),
    }));
    terminal.out(JSON.stringify(shown));
    return;
  }
  if (all.length === 0) terminal.out("There are no service accounts.");
  for (const one of all) {
    const state = [one.status === "active" ? "active" : "deactivated", one.api_client ? "in api_clients" : "no client"];
    terminal.out(`${one.username}  ${state.join(", ")}, stands for ${one.people} people  ${one.full_name}`);
    for (const { key_id, label, status, expires_at } of one.tokens) {
      terminal.out(`  ${key_id}  ${status}, until ${expires_at.toISOString()}  ${label}`);
    }
  }
}

function run(context: Context, options: Options, work: (services: Services) => Promise<void>): Promise<void> {
  return act(context, options.json === true, () =>
    withDatabase(context.terminal, "beside", async (opened) => {
      const { createStoa } = await import("@stoa/server/app.ts");
      await requireCurrentSchema(opened);
      const stoa = await createStoa(opened);
      await work(stoa.accounts.services);
      return exitCodes.done;
    }),
  );
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("Give whole days.");
  return Number(text);
}
