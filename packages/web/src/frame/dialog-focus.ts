const overPage = "[data-portal], [role=dialog], [role=menu]";

/**
 * Gives the keyboard back when a dialog goes: to what had it before, or to the page's title where that has gone too.
 * Mantine does so only for dialogs that are closed before they are taken away; ours are there while they are open.
 * @returns ends it
 */
export function returnFocusAfterDialogs(): () => void {
  let before: HTMLElement | null = null;
  const remember = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement && target.closest(overPage) === null) before = target;
  };
  const isLost = () => document.activeElement === null || document.activeElement === document.body;
  const look = () => {
    if (!isLost() || document.querySelector("[role=dialog]") !== null) return;
    if (before?.isConnected) before.focus({ preventScroll: true });
    if (isLost()) document.querySelector<HTMLElement>("[data-page-title]")?.focus({ preventScroll: true });
  };
  // Only the bodies of dialogs come and go here: what changes within the page is not looked at.
  const dialogs = new MutationObserver(
    (changes) => changes.some(({ removedNodes }) => removedNodes.length > 0) && look(),
  );
  // Menus are drawn in the page's landmark, beside what the page is made of.
  const menus = new MutationObserver(
    (changes) => changes.some(({ removedNodes }) => [...removedNodes].some(isMenu)) && look(),
  );
  const content = document.querySelector("#content");
  if (content) menus.observe(content, { childList: true });
  const portals = new MutationObserver(watchPortals);
  function watchPortals() {
    for (const portal of document.querySelectorAll("body > [data-portal]"))
      dialogs.observe(portal, { childList: true });
  }
  document.addEventListener("focusin", remember);
  portals.observe(document.body, { childList: true });
  watchPortals();
  return () => {
    document.removeEventListener("focusin", remember);
    dialogs.disconnect();
    menus.disconnect();
    portals.disconnect();
  };
}

const isMenu = (node: Node) =>
  node instanceof Element && (node.matches("[role=menu]") || node.querySelector("[role=menu]") !== null);
