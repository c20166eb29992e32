import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { LocaleProvider } from "./locales/use-locale.tsx";
import type { makeRouter } from "./router.tsx";
import { Mantine } from "./theme/mantine.tsx";

export function App({ client, router }: { client: QueryClient; router: ReturnType<typeof makeRouter> }) {
  return (
    <QueryClientProvider client={client}>
      <LocaleProvider>
        <Mantine>
          <RouterProvider router={router} />
        </Mantine>
      </LocaleProvider>
    </QueryClientProvider>
  );
}
