import type { Feature } from "../api/settings.ts";

interface Told {
  /** Under `system.featureSays`; null: the server's own words, in English. */
  readonly word: string | null;
  readonly values: Readonly<Record<string, string>>;
  /** It is on, and lacks something that one would want. */
  readonly wanting: boolean;
}

/** The sentences of the server's report (config/features.ts, means/local-means.ts), the most particular first. */
const sentences: readonly (readonly [name: string, sentence: RegExp, word: string, wanting?: "wanting"])[] = [
  ["database", /^kept in (?<folder>\S+), run by a system user of its own$/, "databaseOwnUser"],
  ["database", /^kept in (?<folder>\S+)$/, "databaseOwn"],
  ["database", /^yours at (?<host>.+)$/, "databaseAt"],
  ["registration", /^for addresses at (?<domains>.+)$/, "registrationDomains"],
  ["registration", /^open to everybody$/, "registrationOpen"],
  ["registration", /^open: only this machine/, "registrationHere"],
  ["registration", /^open on this machine itself/, "registrationLocal"],
  ["registration", /^closed;/, "registrationClosed"],
  ["system accounts", /^each person's by a system account/, "accountsOn"],
  ["system accounts", /^files are touched by the server itself: (?<why>.+)$/, "accountsOff"],
  ["local sessions", /^for everybody, kept apart by system accounts, each in an enclosure/, "apartBoth"],
  ["local sessions", /^for everybody, kept apart each in an enclosure/, "apartEnclosed"],
  [
    "local sessions",
    /^for everybody, kept apart by system accounts; without enclosures: (?<why>.+)$/,
    "apartAccounts",
    "wanting",
  ],
  ["local sessions", /^for everybody, each person's under their own system account$/, "apartByAccount"],
  ["local sessions", /^for everybody, not kept apart/, "apartNot", "wanting"],
  ["local sessions", /^for admins only: (?<why>.+)$/, "apartAdmins", "wanting"],
  ["session ports", /^the machine's own; .* refused: (?<why>.+)$/, "portsRefused"],
  ["session ports", /which leads nowhere: .*may not use (?<device>\/dev\/net\/tun)/, "portsNoDevice", "wanting"],
  [
    "session ports",
    /which leads nowhere: (?<one>pasta) is not installed; (?<other>slirp4netns) is not/,
    "portsNoProgram",
    "wanting",
  ],
  ["session ports", /which leads nowhere: (?<why>.+)$/, "portsNowhere", "wanting"],
  ["session ports", /^each a network of its own, led out by (?<by>.+)$/, "portsAllOwn"],
  ["session ports", /^programs that must listen .* led out by (?<by>.+)$/, "portsOwn"],
  ["session limits", /^memory, processes and processors by the kernel \((?<groups>.+)\)$/, "limitsAll"],
  [
    "session limits",
    /^memory and processes by the kernel \((?<groups>[^)]+)\); processors by nothing/,
    "limitsNoCpu",
    "wanting",
  ],
  ["session limits", /^memory and processes watched .* no control groups: (?<why>.+)$/, "limitsWatched", "wanting"],
  ["session addresses", /^sessions open inside the portal only/, "addressesNone"],
  ["session addresses", /^s-<id>\.(?<domain>[^;]+); without TLS/, "addressesUnsafe", "wanting"],
  ["session addresses", /^s-<id>\.(?<domain>[^;]+)$/, "addresses"],
  ["storage", /^directories below (?<base>.+) on (?<host>\S+)$/, "storageFoldersAt"],
  ["storage", /^directories below (?<base>.+)$/, "storageFolders"],
  ["storage", /^datasets below (?<base>.+) on (?<host>\S+)$/, "storageDatasetsAt"],
  ["storage", /^datasets below (?<base>.+)$/, "storageDatasets"],
  ["TLS", /^in front, at (?<url>.+)$/, "tlsOn"],
  ["TLS", /^passwords travel readable/, "tlsOff"],
  ["TLS", /^not needed on loopback$/, "tlsLoopback"],
  ["JupyterHub", /^(?<address>https?:\/\/\S+)$/, "hubAt"],
  ["JupyterHub", /^(?<address>https?:\/\/\S+) is set, JUPYTERHUB_API_TOKEN is not/, "hubNoToken"],
  ["JupyterHub", /^JUPYTERHUB_API_TOKEN is set, JUPYTERHUB_API_URL is not/, "hubNoAddress"],
  ["JupyterHub", /^JUPYTERHUB_API_URL and JUPYTERHUB_API_TOKEN are not set/, "hubOff"],
  ["mail", /^STOA_SMTP_URL is not set/, "mailOff"],
  ["mail", /^by (?<host>.+)$/, "mailBy"],
  ["storage key", /^API_KEY is not set/, "storageOff"],
  ["storage key", /^the storage API takes/, "storageOn"],
  ["playground token", /^VERIFICATION_TOKEN is not set/, "playgroundOff"],
  ["playground token", /^the playground API takes it$/, "playgroundOn"],
  ["other origins", /^STOA_CORS_ORIGINS is not set$/, "originsOff"],
  ["tracing", /^OTEL_EXPORTER_OTLP_ENDPOINT is not set$/, "tracingOff"],
];

/** What the server says of a feature, for the reader's own language. */
export function toldOf({ name, on, why }: Feature): Told {
  for (const [of, sentence, word, wanting] of sentences) {
    const match = of === name ? sentence.exec(why) : null;
    if (match) return { word, values: { ...match.groups }, wanting: on && wanting === "wanting" };
  }
  return { word: null, values: {}, wanting: false };
}

/** How a machine keeps its sessions apart (means/local-means.ts); the words under `system.apart`. */
const apart: readonly (readonly [sentence: RegExp, word: string])[] = [
  [/^by system accounts, each in an enclosure/, "both"],
  [/^each in an enclosure/, "enclosed"],
  [/^by system accounts; without enclosures: (?<why>.+)$/, "accountsOnly"],
  [/^by system accounts$/, "accounts"],
  [/^nothing keeps them apart: (?<why>.+)$/, "nothingWhy"],
  [/^nothing keeps them apart$/, "nothing"],
];

/** The same of a machine, for the reader's own language. */
export function apartOf(isolation: string): Pick<Told, "word" | "values"> {
  for (const [sentence, word] of apart) {
    const match = sentence.exec(isolation);
    if (match) return { word, values: { ...match.groups } };
  }
  return { word: null, values: {} };
}
