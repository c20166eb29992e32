import {
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";
import { dark, light } from "./tokens.ts";

type Tone = "accent" | "good" | "warn" | "bad" | "busy";

/** Mantine wants ten shades; ours are two: 6 by day, 4 by night. Components read the variables of css-variables.ts. */
function shades(tone: Tone): MantineColorsTuple {
  const [day, night] = [light[tone], dark[tone]];
  return [night, night, night, night, night, day, day, day, day, day];
}

/** Text on filled buttons follows the tokens (on the dark accent it is ink, not white). */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colours = defaultVariantColorsResolver(input);
  if (input.variant !== "filled") return colours;
  return { ...colours, color: input.color === "bad" ? "var(--stoa-on-bad)" : "var(--stoa-on-accent)" };
};

const sizes = { xs: "0.78125rem", sm: "0.859375rem", md: "0.9375rem", lg: "1.125rem", xl: "1.35rem" };
const heading = (fontSize: string) => ({ fontSize, lineHeight: "1.3", fontWeight: "620" });
const fontFamily = "var(--stoa-font)";

export const theme = createTheme({
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 4 },
  white: light.raised,
  black: light.ink,
  colors: {
    accent: shades("accent"),
    good: shades("good"),
    warn: shades("warn"),
    bad: shades("bad"),
    busy: shades("busy"),
  } satisfies Record<Tone, MantineColorsTuple>,
  fontFamily,
  fontFamilyMonospace: "var(--stoa-font-mono)",
  fontSizes: sizes,
  lineHeights: { xs: "1.45", sm: "1.5", md: "1.55", lg: "1.5", xl: "1.4" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  radius: { xs: "4px", sm: "6px", md: "10px", lg: "14px", xl: "20px" },
  defaultRadius: "md",
  headings: {
    fontFamily,
    fontWeight: "620",
    textWrap: "balance",
    sizes: {
      h1: heading("1.62rem"),
      h2: heading("1.125rem"),
      h3: heading("0.9375rem"),
      h4: heading("0.9375rem"),
      h5: heading("0.859375rem"),
      h6: heading("0.859375rem"),
    },
  },
  respectReducedMotion: true,
  cursorType: "pointer",
  focusRing: "auto",
  variantColorResolver,
  components: {
    // Scroll locking writes a style tag, which the content security policy forbids; global.css locks by :has().
    Modal: { defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 150 } } },
    // Menus, lists and bubbles too: what is outside every landmark is missed by who goes from one to the next.
    Popover: { defaultProps: { portalProps: { target: "#content" } } },
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm" } },
    NativeSelect: { defaultProps: { size: "sm" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "accent" } },
    Skeleton: { defaultProps: { radius: "sm" } },
  },
});
