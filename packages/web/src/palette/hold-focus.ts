/**
 * Keeps the keyboard in the palette's field. A page that gets ready behind it (its title, a terminal) takes the focus
 * as it would without a palette, and what somebody types would be the shell's, or nobody's.
 * @returns ends it; who asked for the focus last has it again when the palette goes
 */
export function holdFocus(field: HTMLElement): () => void {
  const takeBack = ({ target }: FocusEvent) => {
    const isBehind = target instanceof Element && target.closest("[role=dialog]") === null;
    if (isBehind) field.focus({ preventScroll: true });
  };
  document.addEventListener("focusin", takeBack);
  return () => document.removeEventListener("focusin", takeBack);
}
