/** What a person recognises a browser by; null where it says nothing we know. */
export interface Agent {
  readonly browser: string | null;
  readonly system: string | null;
}

/** In order: each claims to be those that come after it. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOpera\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bChrome\/|\bCriOS\/|\bChromium\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
  [/^python-(?:requests|urllib3)\/|^Python-urllib\//, "Python"],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, "Android"],
  [/\biPhone\b|\biPad\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

/** Lightly read: it is a hint for its owner, and can be forged. */
export function readAgent(agent: string | null): Agent {
  const found = (table: typeof browsers) => table.find(([pattern]) => pattern.test(agent ?? ""))?.[1] ?? null;
  return { browser: found(browsers), system: found(systems) };
}
