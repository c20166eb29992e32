/** Leads the keyboard to the page's title, where what it stood on goes away; after a dialog has given it back. */
export function focusTitle(): void {
  setTimeout(() => document.querySelector<HTMLElement>("[data-page-title]")?.focus({ preventScroll: true }), 300);
}
