/** The colours of the portal, once. Everything else (Mantine's theme, CSS variables, the contrast test) derives from here. */
export interface SchemeTokens {
  readonly paper: string;
  readonly raised: string;
  /** Hover and selected rows: between paper and line. */
  readonly sunken: string;
  readonly line: string;
  /** Outline of inputs: 3:1 on paper and raised. */
  readonly edge: string;
  readonly ink: string;
  readonly quiet: string;
  readonly accent: string;
  readonly accentHover: string;
  /** Text on the accent: white by day, ink by night. */
  readonly onAccent: string;
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  readonly badHover: string;
  readonly onBad: string;
  readonly busy: string;
}

export const light: SchemeTokens = {
  paper: "#FBFAF7",
  raised: "#FFFFFF",
  sunken: "#F6F4EF",
  line: "#E7E3DA",
  edge: "#8B8F98",
  ink: "#1D2430",
  quiet: "#667085",
  accent: "#1C6E8C",
  accentHover: "#175C75",
  onAccent: "#FFFFFF",
  good: "#2E7D57",
  warn: "#8F5A0A",
  bad: "#B4432F",
  badHover: "#983726",
  onBad: "#FFFFFF",
  busy: "#5B5BD6",
};

export const dark: SchemeTokens = {
  paper: "#14171C",
  raised: "#1B1F26",
  sunken: "#20252D",
  line: "#2B313B",
  edge: "#737D8D",
  ink: "#E8EAED",
  quiet: "#98A2B3",
  accent: "#4FB3D1",
  accentHover: "#6CC3DC",
  onAccent: "#14171C",
  good: "#6CC398",
  warn: "#DDA850",
  bad: "#EE8E7B",
  badHover: "#F3A797",
  onBad: "#14171C",
  busy: "#A3A3F3",
};

/** Foreground on background pairs that pages use, with the least ratio (WCAG 2.2 AA: 4.5 text, 3 graphics). */
export const pairsInUse: readonly (readonly [keyof SchemeTokens, keyof SchemeTokens, number])[] = [
  ["ink", "paper", 4.5],
  ["ink", "raised", 4.5],
  ["ink", "sunken", 4.5],
  ["quiet", "paper", 4.5],
  ["quiet", "raised", 4.5],
  ["quiet", "sunken", 4.5],
  ["accent", "paper", 4.5],
  ["accent", "raised", 4.5],
  ["accent", "sunken", 4.5],
  ["onAccent", "accent", 4.5],
  ["onAccent", "accentHover", 4.5],
  ["good", "paper", 4.5],
  ["good", "raised", 4.5],
  ["good", "sunken", 4.5],
  ["warn", "paper", 4.5],
  ["warn", "raised", 4.5],
  ["warn", "sunken", 4.5],
  ["bad", "paper", 4.5],
  ["bad", "raised", 4.5],
  ["bad", "sunken", 4.5],
  ["onBad", "bad", 4.5],
  ["onBad", "badHover", 4.5],
  ["busy", "paper", 4.5],
  ["busy", "raised", 4.5],
  ["busy", "sunken", 4.5],
  ["edge", "paper", 3],
  ["edge", "raised", 3],
];

/** Of terminals. Dark by day and night unless somebody wants it otherwise: programs choose colours for a dark ground. */
export const terminalColours = {
  dark: {
    background: "#14171C",
    foreground: "#E8EAED",
    cursor: "#4FB3D1",
    cursorAccent: "#14171C",
    selectionBackground: "#35536280",
    black: "#3A414D",
    red: "#EE8E7B",
    green: "#6CC398",
    yellow: "#DDA850",
    blue: "#7FA7F0",
    magenta: "#C79BE8",
    cyan: "#4FB3D1",
    white: "#D5D9E0",
    brightBlack: "#98A2B3",
    brightRed: "#F3A797",
    brightGreen: "#8ED6B2",
    brightYellow: "#EBC27C",
    brightBlue: "#A3C0F5",
    brightMagenta: "#D9B9F0",
    brightCyan: "#7CCBE2",
    brightWhite: "#FFFFFF",
  },
  light: {
    background: "#FFFFFF",
    foreground: "#1D2430",
    cursor: "#1C6E8C",
    cursorAccent: "#FFFFFF",
    selectionBackground: "#9CCBDC80",
    black: "#1D2430",
    red: "#B4432F",
    green: "#2E7D57",
    yellow: "#8F5A0A",
    blue: "#2F5FC4",
    magenta: "#8A3FB8",
    cyan: "#1C6E8C",
    white: "#5B6473",
    brightBlack: "#667085",
    brightRed: "#983726",
    brightGreen: "#246346",
    brightYellow: "#744808",
    brightBlue: "#244C9E",
    brightMagenta: "#6F3195",
    brightCyan: "#175C75",
    brightWhite: "#39414F",
  },
} as const;
