import { integer, oneOf, path } from "./parsers.ts";
import { derived, optional, setting } from "./setting.ts";

/** Who finds whom, and who makes groups. Part of `settings`. */
export const people = {
  directory: derived<"everyone" | "same-groups" | "nobody">({
    env: "STOA_DIRECTORY",
    live: true,
    parser: oneOf("everyone", "same-groups", "nobody"),
    fallback: (s) => (s.registrationIsOpen ? "same-groups" : "everyone"),
    fallbackText: "`same-groups` where strangers can register, else `everyone`",
    about:
      "Whom people find when they look for somebody to share with: everyone, those they share a group with, nobody. Administrators find everyone; who wants to be found by nobody says so in their account.",
  }),
  groupCreation: setting({
    env: "STOA_GROUP_CREATION",
    live: true,
    parser: oneOf("admins", "everyone"),
    fallback: "admins",
    about: "Who may make groups. Owners add whom they find in the directory; administrators add anybody.",
  }),
  actAsMinutes: setting({
    env: "STOA_ACT_AS_MINUTES",
    live: true,
    dangerous: true,
    parser: integer(0, 60),
    fallback: 60,
    about:
      "Minutes that an administrator may act as somebody at most (docs/people.md); the portal offers 15 of them. 0: nobody acts as anybody. Fewer end what goes on for longer, at once.",
  }),
} as const;

/** What services in the group `api_clients` may do (docs/groups-and-services.md). Part of `settings`. */
export const clients = {
  makePeople: setting({
    env: "STOA_CLIENTS_MAKE_PEOPLE",
    live: true,
    dangerous: true,
    parser: oneOf("yes", "no"),
    fallback: "yes",
    about: "Whether a service's first request of a token for somebody makes their account.",
  }),
  mintFor: setting({
    env: "STOA_CLIENTS_MINT_FOR",
    live: true,
    dangerous: true,
    parser: oneOf("brought", "people"),
    fallback: "brought",
    about:
      "Whom services get tokens for: those they brought (or an administrator linked to them), or anybody whose user name and e-mail address they name. Never administrators, never service accounts.",
  }),
} as const;

export const uwsConfig = optional({
  env: "STOA_UWS_CONFIG",
  parser: path,
  about:
    "The `config.json` of a User Workspaces Server that this one replaces (docs/migrating-from-uws.md). What it names that Stoa doesn't have stops the start.",
});

export const jobTypesFile = optional({
  env: "STOA_JOB_TYPES",
  parser: path,
  about:
    "A YAML file with job types of your own, and where those of Stoa's find their programs (docs/job-types.md). What is wrong with it stops the start.",
});
