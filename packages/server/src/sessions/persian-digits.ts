/** A number as Persian writes it, up to five decimal places; of other text, the text. */
export function inPersianDigits(value: number | string): string {
  if (!/^\d+(\.\d+)?$/.test(String(value))) return String(value);
  return Number(value).toLocaleString("fa-IR", { useGrouping: false, maximumFractionDigits: 5 });
}
