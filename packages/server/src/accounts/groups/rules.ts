import { isShowable } from "../identity-rules.ts";
import { groupRefusal } from "./refusals.ts";

/** The key that groups' names are unique by: NFC, lower case. */
export function nameKey(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** Trimmed, NFC, blanks between words made one. @throws a refusal */
export function checkedName(value: string): string {
  const name = value.trim().normalize("NFC").replace(/\s+/g, " ");
  if (name.length < 1 || name.length > 64 || !isShowable(name)) throw groupRefusal("name_rule");
  return name;
}

/** Trimmed, NFC; may have several lines. @throws a refusal */
export function checkedDescription(value: string): string {
  const text = value.trim().normalize("NFC").replace(/\r\n?/g, "\n");
  if (text.length > 1_000 || !isShowable(text.replaceAll("\n", ""))) throw groupRefusal("description_rule");
  return text;
}
