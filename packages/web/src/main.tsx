import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/vazirmatn/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./theme/mantine-styles.ts";
import "virtual:theme.css";
import "./theme/global.css";
import { createRoot } from "react-dom/client";
import { sessionQuery } from "./api/auth.ts";
import { callContext } from "./api/client.ts";
import { makeQueryClient } from "./api/query-client.ts";
import { reachability } from "./api/reachability.ts";
import { App } from "./app.tsx";
import { noteAway } from "./frame/away-since.ts";
import { keepAwayPage } from "./frame/away-worker.ts";
import { startLanguage } from "./locales/i18n.ts";
import { browserLocale, type Locale } from "./locales/locale.ts";
import { adopt } from "./locales/look.ts";
import { followLeaving } from "./pieces/forget-person.ts";
import { noteWhoIsHere } from "./pieces/who-is-here.ts";
import { makeRouter } from "./router.tsx";

const client = makeQueryClient();
callContext.refreshSession = async () => {
  await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
};
callContext.onSession = noteWhoIsHere;
callContext.onSignedOut = () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey });

// What this tab shows is theirs, too: it asks again who is signed in, and shows that.
followLeaving(() => {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
  callContext.onSignedOut();
});

/** The account's language, else the browser's. */
async function firstLocale(): Promise<Locale> {
  const locale = browserLocale();
  callContext.locale = locale;
  const session = await client.fetchQuery(sessionQuery).catch(() => null);
  if (session?.display) adopt(session.display, !session.acting);
  return session?.account?.locale ?? locale;
}

await startLanguage(await firstLocale());
keepAwayPage();
noteAway(reachability);
const container = document.getElementById("root");
if (container) createRoot(container).render(<App client={client} router={makeRouter(client)} />);
