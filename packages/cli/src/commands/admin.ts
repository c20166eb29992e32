import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { type Command, Option } from "commander";
import { act, type Context } from "../action.ts";
import { type Opened, requireCurrentSchema, withDatabase } from "../database.ts";
import { exitCodes } from "../exit-codes.ts";
import { operator } from "../operator.ts";

interface Options {
  readonly json?: boolean;
}

interface NewPersonOptions extends Options {
  readonly email: string;
  readonly fullName?: string;
  readonly language?: string;
}

/** `stoa admin create-person <username>`, `stoa admin reset-password <username>`, `stoa admin reset-second-factor <username>` */
export function addAdmin(program: Command, context: Context): void {
  const admin = program.command("admin").description("What an operator does at the host when nobody can sign in");
  admin
    .command("create-person")
    .description(
      "Make a person's account, and print the link with which they choose a password: once, within seven days",
    )
    .argument("<username>", "3 to 20 of a-z, 0-9, dot, hyphen, underscore")
    .requiredOption("--email <address>", "their e-mail address; you vouch for it")
    .option("--full-name <name>", "what they are called; without it the user name")
    .addOption(new Option("--language <language>", "of the portal and of mails").choices(["en", "fa"]))
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      '\nExample:\n  npx stoa admin create-person ada --email ada@example.org --full-name "Ada Lovelace"',
    )
    .action((username: string, options: NewPersonOptions) =>
      act(context, options.json === true, () =>
        withDatabase(context.terminal, "beside", (opened) => createPerson(context, opened, username, options)),
      ),
    );
  admin
    .command("reset-password")
    .description("Print a link with which this person, an administrator too, sets a new password: once, within an hour")
    .argument("<username>", "user name or e-mail address")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  npx stoa admin reset-password admin")
    .action((username: string, options: Options) =>
      act(context, options.json === true, () =>
        withDatabase(context.terminal, "beside", (opened) => resetPassword(context, opened, username, options)),
      ),
    );
  admin
    .command("reset-second-factor")
    .description(
      "Take the second factor off this account, when telephone and recovery codes are lost; ends its sign-ins",
    )
    .argument("<username>", "user name or e-mail address")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  npx stoa admin reset-second-factor admin")
    .action((username: string, options: Options) =>
      act(context, options.json === true, () =>
        withDatabase(context.terminal, "beside", (opened) => resetSecondFactor(context, opened, username, options)),
      ),
    );
}

async function createPerson({ terminal }: Context, opened: Opened, username: string, options: NewPersonOptions) {
  const { createStoa } = await import("@stoa/server/app.ts");
  await requireCurrentSchema(opened);
  const stoa = await createStoa(opened);
  const { email, fullName = username, language } = options;
  const locale = language === "en" || language === "fa" ? language : null;
  const { account, link, mailed } = await stoa.accounts.createPerson({ username, email, fullName, locale }, operator());
  const expires = link.expiresAt.toISOString();
  const told = `${link.url}\nGood once, until ${expires}.${mailed ? " It was mailed as well." : ""}`;
  terminal.out(
    options.json ? JSON.stringify({ id: account.id, username, url: link.url, expires_at: expires, mailed }) : told,
  );
  tellOfUnknownPort(terminal, opened);
  return exitCodes.done;
}

function tellOfUnknownPort(terminal: Context["terminal"], { config }: Opened): void {
  if (config.port !== 0 || config.publicUrl !== null) return;
  terminal.err("STOA_PORT is 0: put the server's present port into the link.");
}

async function resetPassword({ terminal }: Context, opened: Opened, username: string, options: Options) {
  const { createStoa } = await import("@stoa/server/app.ts");
  await requireCurrentSchema(opened);
  const stoa = await createStoa(opened);
  const link = await stoa.accounts.resetLinkFor(username, operator());
  if (link === null)
    throw new StartError(`There is no active account ${username}.`, "Give its user name or e-mail address.");
  const expires = link.expiresAt.toISOString();
  terminal.out(
    options.json ? JSON.stringify({ url: link.url, expires_at: expires }) : `${link.url}\nGood once, until ${expires}.`,
  );
  tellOfUnknownPort(terminal, opened);
  return exitCodes.done;
}

async function resetSecondFactor({ terminal }: Context, opened: Opened, username: string, options: Options) {
  const { createStoa } = await import("@stoa/server/app.ts");
  await requireCurrentSchema(opened);
  const stoa = await createStoa(opened);
  if (!(await stoa.accounts.resetSecondFactorOf(username, operator()))) {
    throw new StartError(`There is no account ${username}.`, "Give its user name or e-mail address.");
  }
  const done = `${username} signs in by the password alone now. All sign-ins of the account have ended.`;
  terminal.out(options.json ? JSON.stringify({ reset: true }) : done);
  return exitCodes.done;
}
