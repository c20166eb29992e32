import type { Plugin } from "vite";
import { themeStyleSheet } from "../src/theme/css-variables.ts";

const name = "virtual:theme.css";

/** Serves the theme's variables as an ordinary style sheet, so that no style tag is written at run time. */
export function themeStyles(): Plugin {
  return {
    name: "stoa-theme-styles",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? themeStyleSheet() : null),
  };
}
