import { MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { LocaleProvider } from "./locales/use-locale.tsx";
import type { makeRouter } from "./router.tsx";
import { theme } from "./theme/theme.ts";

/** The browser's setting decides between light and dark; nothing is kept. */
const followTheBrowser = {
  get: () => "auto" as const,
  set: () => {},
  subscribe: () => {},
  unsubscribe: () => {},
  clear: () => {},
};

export function App({ client, router }: { client: QueryClient; router: ReturnType<typeof makeRouter> }) {
  return (
    <QueryClientProvider client={client}>
      <LocaleProvider>
        {/* Variables and classes are in style sheets (vite/theme-styles.ts): the policy forbids style tags. */}
        <MantineProvider
          theme={theme}
          defaultColorScheme="auto"
          colorSchemeManager={followTheBrowser}
          withCssVariables={false}
          withGlobalClasses={false}
        >
          <RouterProvider router={router} />
        </MantineProvider>
      </LocaleProvider>
    </QueryClientProvider>
  );
}
