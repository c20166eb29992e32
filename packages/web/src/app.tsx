import { type MantineColorSchemeManager, MantineProvider } from "@mantine/core";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { look } from "./locales/look.ts";
import { LocaleProvider } from "./locales/use-locale.tsx";
import type { makeRouter } from "./router.tsx";
import { theme } from "./theme/theme.ts";

let unfollow = () => {};

/** Light or dark is kept with everything else that somebody chooses about the look. */
const followTheLook: MantineColorSchemeManager = {
  get: () => look.get().scheme,
  set: () => {},
  subscribe: (onUpdate) => {
    unfollow = look.subscribe(() => onUpdate(look.get().scheme));
  },
  unsubscribe: () => unfollow(),
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
          colorSchemeManager={followTheLook}
          withCssVariables={false}
          withGlobalClasses={false}
        >
          <RouterProvider router={router} />
        </MantineProvider>
      </LocaleProvider>
    </QueryClientProvider>
  );
}
