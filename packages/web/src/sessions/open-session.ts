import { useMutation } from "@tanstack/react-query";
import { openTicket } from "../api/sessions.ts";

/** Leads a tab of its own to the session's own address. */
export const useOpenSession = (sessionId: number) => useMutation({ mutationFn: () => openInTab(sessionId) });

/** The tab is opened within the click (else it counts as a pop-up), and led to the session once the ticket is there. */
async function openInTab(sessionId: number): Promise<void> {
  const tab = window.open("about:blank", "_blank");
  if (tab) tab.opener = null;
  try {
    const { url } = await openTicket(sessionId);
    if (tab) tab.location.replace(url);
    else window.location.assign(url);
  } catch (error) {
    tab?.close();
    throw error;
  }
}
