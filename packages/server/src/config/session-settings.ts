import { bytes, coreHours, integer, listOf, named, oneOf, path, seconds, text } from "./parsers.ts";
import { optional, setting } from "./setting.ts";

const YEAR = 366 * 86_400;

/** What sessions may do and how long. Part of `settings`. */
export const sessions = {
  longestSeconds: setting({
    env: "STOA_SESSION_LONGEST",
    live: true,
    parser: seconds(60, YEAR),
    fallback: 86_400,
    about:
      "The longest that a session may run with all its extensions. What a start may ask for is the parameter `time_limit_min`'s own limit.",
  }),
  extendSeconds: setting({
    env: "STOA_SESSION_EXTEND",
    live: true,
    parser: seconds(60, YEAR),
    fallback: 3600,
    about: "What one click on a session's extension adds, as far as STOA_SESSION_LONGEST allows.",
  }),
  connections: setting({
    env: "STOA_SESSION_CONNECTIONS",
    live: true,
    parser: integer(16, 100_000),
    fallback: 1024,
    about:
      "Requests and WebSockets that may be under way with one session at once; more are refused with 503, so that one busy session takes no other's place. Each takes two descriptors of the server.",
  }),
  sharing: setting({
    env: "STOA_SESSION_SHARING",
    live: true,
    dangerous: true,
    parser: oneOf("off", "view", "act"),
    fallback: "view",
    about:
      "What people may do with their running sessions for others whom they name. `view`: let them look at a terminal, where they can't type. `act`: also let them use a program in the browser (Jupyter, an app), where they act as the owner, with the owner's files; the owner has to say so for each person. `off`: neither.",
  }),
  mayStart: setting({
    env: "STOA_SESSION_MAY_START",
    live: true,
    parser: listOf(named(oneOf("everyone", "admins", "nobody"))),
    fallback: [],
    about:
      "Who may start single job types, as in `jupyter_lab=everyone,local_test_job=admins,code=nobody`. What is not named here everybody may start. Sessions that run go on.",
  }),
  drained: setting({
    env: "STOA_SESSION_DRAINED",
    live: true,
    parser: listOf(text),
    fallback: [],
    about:
      "Hosts (STOA_NODE_ID) on which no session is started any more, administrators' included; what runs there goes on.",
  }),
  newPersonCoreHours: optional({
    env: "STOA_NEW_PERSON_CORE_HOURS",
    live: true,
    parser: coreHours,
    about:
      "The quota of core hours that a person gets with a new account. Not set: none, they use as many as they like. Accounts that are there keep theirs, and administrators may change each.",
  }),
  processes: setting({
    env: "STOA_SESSION_PROCESSES",
    parser: integer(16, 65_536),
    fallback: 4096,
    about: "Processes and threads that one session may have at once (docs/session-limits.md).",
  }),
  memoryReserveBytes: setting({
    env: "STOA_SESSION_MEMORY_RESERVE",
    live: true,
    parser: bytes(0, 2 ** 50),
    fallback: 512 * 2 ** 20,
    about: "Memory of the machine that stays free when a session starts: one that would take of it is refused.",
  }),
  memoryPromisedPercent: setting({
    env: "STOA_SESSION_MEMORY_PROMISED",
    live: true,
    parser: integer(0, 100, "percent"),
    fallback: 100,
    about:
      "Of what running sessions may take and have not taken yet, so much is kept free for them when another starts, in percent. Less lets more start than fit if all took all of theirs.",
  }),
  memoryCheck: setting({
    env: "STOA_SESSION_MEMORY_CHECK",
    live: true,
    parser: oneOf("on", "off"),
    fallback: "on",
    about: "Whether a session that does not fit into the machine's free memory is refused.",
  }),
  network: setting({
    env: "STOA_SESSION_NETWORK",
    parser: oneOf("auto", "shared", "own"),
    fallback: "auto",
    about:
      "What enclosed sessions see of the network (docs/isolation.md). `auto`: each has a network of its own where pasta or slirp4netns leads out of it, else the machine's. `shared`: the machine's, its loopback included. `own`: each has its own, also where nothing leads out of it. What must listen on a port always gets its own.",
  }),
  writable: setting({
    env: "STOA_SESSION_WRITABLE",
    parser: listOf(path),
    fallback: [],
    about:
      "Folders that enclosed sessions may write to besides their workspace and home, as far as their account may: shared data, scratch. Absolute.",
  }),
  hidden: setting({
    env: "STOA_SESSION_HIDDEN",
    parser: listOf(path),
    fallback: [],
    about:
      "Folders and files that enclosed sessions don't see, besides the data directory, /home, /root and /run. Absolute.",
  }),
  idle: {
    stopSeconds: setting({
      env: "STOA_SESSION_IDLE_STOP",
      live: true,
      parser: seconds(0, YEAR),
      fallback: 0,
      about:
        "A session that nobody has used for so long is stopped; 0: never. Time in which its server was away is not counted.",
    }),
    stopSecondsByType: setting({
      env: "STOA_SESSION_IDLE_STOP_BY_TYPE",
      live: true,
      parser: listOf(named(seconds(0, YEAR))),
      fallback: [],
      about: "The same for single job types, as in `jupyter_lab=2h,terminal=0`.",
    }),
    warnSeconds: setting({
      env: "STOA_SESSION_IDLE_WARNING",
      live: true,
      parser: seconds(0, 86_400),
      fallback: 600,
      about: "How long before an idle session is stopped its owner is warned; half of the idle time at most.",
    }),
    signals: setting({
      env: "STOA_SESSION_IDLE_SIGNALS",
      parser: listOf(oneOf("http", "websocket", "terminal", "output")),
      fallback: ["http", "websocket", "terminal"],
      about:
        "What counts as use: requests, WebSocket messages that a browser sends, what is typed into a terminal, and (not unless named here) what the program prints.",
    }),
  },
} as const;
