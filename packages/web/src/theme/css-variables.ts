import {
  type CSSVariablesResolver,
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from "@mantine/core";
import { theme } from "./theme.ts";
import { dark, light, type SchemeTokens } from "./tokens.ts";

/** Tones that Mantine components take as `color`; each has its own filled and text variables. */
const tones = ["accent", "good", "warn", "bad", "busy"] as const;

/**
 * The whole `:root` style sheet of the theme, made when the portal is built: Mantine would write it
 * into a style tag at run time, which our content security policy forbids.
 */
export function themeStyleSheet(): string {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const defaults = defaultCssVariablesResolver(merged);
  const ours = ourVariables(merged);
  return convertCssVariables({
    variables: { ...defaults.variables, ...ours.variables },
    light: { ...defaults.light, ...ours.light },
    dark: { ...defaults.dark, ...ours.dark },
  });
}

const ourVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: schemeVariables(light),
  dark: schemeVariables(dark),
});

function schemeVariables(t: SchemeTokens): Record<string, string> {
  const variables: Record<string, string> = {
    "--mantine-color-body": t.paper,
    "--mantine-color-text": t.ink,
    "--mantine-color-bright": t.ink,
    "--mantine-color-dimmed": t.quiet,
    "--mantine-color-placeholder": t.quiet,
    "--mantine-color-anchor": t.accent,
    "--mantine-color-error": t.bad,
    "--mantine-color-success": t.good,
    "--mantine-color-default": t.raised,
    "--mantine-color-default-hover": t.sunken,
    "--mantine-color-default-color": t.ink,
    "--mantine-color-default-border": t.edge,
    "--mantine-color-disabled": t.sunken,
    "--mantine-color-disabled-color": t.quiet,
    "--mantine-color-disabled-border": t.line,
    "--mantine-primary-color-contrast": t.onAccent,
  };
  for (const [name, value] of Object.entries(t)) variables[`--stoa-${kebab(name)}`] = value;
  for (const tone of tones) {
    variables[`--mantine-color-${tone}-filled`] = t[tone];
    variables[`--mantine-color-${tone}-filled-hover`] =
      tone === "accent" ? t.accentHover : tone === "bad" ? t.badHover : t[tone];
    variables[`--mantine-color-${tone}-text`] = t[tone];
    variables[`--mantine-color-${tone}-light`] = t.sunken;
    variables[`--mantine-color-${tone}-light-hover`] = t.sunken;
    variables[`--mantine-color-${tone}-light-color`] = t[tone];
    variables[`--mantine-color-${tone}-outline`] = t[tone];
    variables[`--mantine-color-${tone}-outline-hover`] = t.sunken;
  }
  return variables;
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
