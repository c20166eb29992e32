import { integer, numberRange, oneOf } from "./parsers.ts";
import { setting } from "./setting.ts";

/** What is done under people's own system accounts. Part of `settings`. */
export const processes = {
  broker: setting({
    env: "STOA_BROKER",
    parser: oneOf("auto", "on", "off"),
    fallback: "auto",
    about:
      "Whether people's files and sessions are touched under system accounts of their own (docs/processes.md); only root can. `auto`: when started as root, where the machine has what it takes. `on`: or don't start. `off`: everything runs as the account that starts the server.",
  }),
  uidRange: setting({
    env: "STOA_UID_RANGE",
    parser: numberRange(1000, 2_000_000_000),
    fallback: { first: 200_000, last: 299_999 },
    about:
      "The numbers (uid and gid) that people's system accounts get. Kept for ever: widen it, never move it. Choose one that nothing else on the machine, nor on a shared file system, uses.",
  }),
  fileAgents: setting({
    env: "STOA_FILE_AGENTS",
    parser: integer(1, 10_000),
    fallback: 32,
    about:
      "Processes at once at most that work on people's files, one a person, each for as long as it has work and a minute more. About 60 MiB each. A quarter is kept for short work, whoever downloads and uploads.",
  }),
} as const;
