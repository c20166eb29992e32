import { lookup } from "node:dns/promises";
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "@stoa/server/config/schema.ts";
import { type Check, fail, ok, warn } from "@stoa/server/platform/database/doctor/check.ts";
import { CHECKOUT } from "../checkout.ts";
import { stoaVersion } from "../version.ts";

/** The program itself, and what of the network it needs. */
export async function installationChecks(config: Config): Promise<Check[]> {
  return [
    ok("stoa", `${stoaVersion()} on Node ${process.versions.node}`),
    await portal(),
    ...(await sessionNames(config)),
  ];
}

async function portal(): Promise<Check> {
  const page = join(CHECKOUT, "packages/web/dist/index.html");
  const built = await access(page).then(
    () => true,
    () => false,
  );
  return built ? ok("portal", "built") : warn("portal", "not built yet", "npm start builds it.");
}

/** Browsers know where `*.localhost` leads without asking. */
async function sessionNames({ sessionDomain }: Config): Promise<Check[]> {
  if (sessionDomain === null || sessionDomain === "localhost") return [];
  const name = `s-1.${sessionDomain}`;
  const found = await lookup(name).then(
    ({ address }) => address,
    () => null,
  );
  if (found !== null) return [ok("session names", `${name} is ${found}`)];
  const fix = `Add a wildcard record *.${sessionDomain} that leads to this server.`;
  return [fail("session names", `${name} leads nowhere`, fix)];
}
