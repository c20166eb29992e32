import { MantineContext, MantineThemeProvider } from "@mantine/core";
import { type ReactNode, useLayoutEffect, useSyncExternalStore } from "react";
import { look } from "../locales/look.ts";
import { theme } from "./theme.ts";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const onSystem = (listener: () => void) => {
  dark.addEventListener("change", listener);
  return () => dark.removeEventListener("change", listener);
};
const root = () => document.documentElement;

/**
 * Mantine's context without the part of its provider that writes variables into style tags, which our content security
 * policy forbids: they are in a style sheet (vite/theme-styles.ts). Light or dark is kept with all that one chooses
 * about the look.
 */
export function Mantine({ children }: { children: ReactNode }) {
  const { scheme } = useSyncExternalStore(look.subscribe, look.get);
  const isSystemDark = useSyncExternalStore(onSystem, () => dark.matches);
  const shown = scheme === "auto" ? (isSystemDark ? "dark" : "light") : scheme;
  useLayoutEffect(() => {
    root().dataset.mantineColorScheme = shown;
    root().dataset.respectReducedMotion = "true";
  }, [shown]);
  return (
    <MantineContext
      value={{
        colorScheme: scheme,
        setColorScheme: (next) => look.set({ ...look.get(), scheme: next }),
        clearColorScheme: () => look.set({ ...look.get(), scheme: "auto" }),
        getRootElement: root,
        classNamesPrefix: "mantine",
        cssVariablesSelector: ":root",
        withStaticClasses: true,
      }}
    >
      <MantineThemeProvider theme={theme}>{children}</MantineThemeProvider>
    </MantineContext>
  );
}
