import { type Explained, explainConfig } from "@stoa/server/config/explain.ts";
import { describeFeatures, listFeatures } from "@stoa/server/config/features.ts";
import { loadConfig } from "@stoa/server/config/load.ts";
import { renderReference } from "@stoa/server/config/reference.ts";
import type { Config } from "@stoa/server/config/schema.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { trySessionLimits } from "@stoa/server/platform/processes/control-groups/try-limits.ts";
import { type BrokerChoice, chooseBroker } from "@stoa/server/platform/processes/open-broker.ts";
import { findMeans } from "@stoa/server/sessions/resources/local/means/find-means.ts";
import type { LocalMeans } from "@stoa/server/sessions/resources/local/means/local-means.ts";
import type { Command } from "commander";
import { act, type Context } from "../action.ts";
import { configurationDirectory } from "../checkout.ts";
import { exitCodes } from "../exit-codes.ts";
import { portalChoices } from "../portal-choices.ts";

interface Options {
  readonly json?: boolean;
}

/** `stoa config check|print|reference` */
export function addConfig(program: Command, context: Context): void {
  const config = program.command("config").description("Look at the configuration (environment, .env, YAML file)");
  config
    .command("check")
    .description("List every problem with its remedy; nothing is started")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  STOA_CONFIG=/etc/stoa.yaml npx stoa config check")
    .action((options: Options) => act(context, options.json === true, () => check(context, options)));
  config
    .command("print")
    .description(
      "Show what applies and where it comes from (also from the portal), without secrets, and what is on or off with it",
    )
    .option("--json", "as JSON")
    .option("--all", "also settings that stand at their default")
    .action((options: Options & { all?: boolean }) =>
      act(context, options.json === true, () => print(context, options)),
    );
  config
    .command("reference")
    .description("Print docs/configuration.md")
    .action(() =>
      act(context, false, async () => {
        context.terminal.out(renderReference().trimEnd());
        return exitCodes.done;
      }),
    );
}

async function check({ terminal }: Context, options: Options) {
  loadConfig(terminal.env, configurationDirectory(terminal.cwd));
  terminal.out(options.json ? JSON.stringify({ ok: true }) : "The configuration is in order.");
  return exitCodes.done;
}

async function print({ terminal }: Context, options: Options & { all?: boolean }) {
  const directory = configurationDirectory(terminal.cwd);
  const written = loadConfig(terminal.env, directory);
  const { overrides, unread } = await portalChoices(terminal, written);
  const { config, settings: all } = explainConfig(written, overrides);
  const isShown = ({ from, notApplied }: Explained) => options.all || from !== "default" || notApplied !== null;
  const settings = all.filter(isShown);
  const people = await peopleOf(config);
  const sessions = await meansOf(config, people.on);
  const facts = { people, sessions, limits: await trySessionLimits(people.on) };
  if (options.json) {
    terminal.out(JSON.stringify({ settings, portal: { unread }, features: listFeatures(config, facts) }, null, 2));
    return exitCodes.done;
  }
  const lines = settings.map(lineOf);
  terminal.out(lines.length > 0 ? lines.join("\n") : "Everything stands at its default (--all shows them).");
  if (unread !== null)
    terminal.out(`# What was changed in the portal is not shown, the database can't be read: ${unread}`);
  terminal.out(["", ...describeFeatures(config, facts)].join("\n"));
  return exitCodes.done;
}

function lineOf({ name, value, from, notApplied }: Explained): string {
  const but = notApplied === null ? "" : `; what was chosen in the portal does not apply: ${notApplied}`;
  return `${name}=${value ?? ""}   # ${from}${but}`;
}

/** By what it would keep sessions apart; null: it would not start. */
async function meansOf(config: Config, accounts: boolean): Promise<LocalMeans | null> {
  try {
    return await findMeans(config, accounts);
  } catch (error) {
    if (error instanceof StartError) return null;
    throw error;
  }
}

/** What a server would choose that this account starts; where it would not start, why. */
async function peopleOf(config: Config): Promise<BrokerChoice> {
  try {
    return await chooseBroker(config);
  } catch (error) {
    if (error instanceof StartError) return { on: false, why: error.message };
    throw error;
  }
}
