/** Names inside a sentence, between the marks that keep them apart. */
const names = /\u2068[^\u2069]*\u2069/gu;

/** Which way a mail's subject runs: as its own words do, whatever name it begins with. */
export function subjectDirection(subject: string): "ltr" | "rtl" | "auto" {
  const first = /\p{L}/u.exec(subject.replace(names, ""))?.[0];
  if (first === undefined) return "auto";
  return /[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(first) ? "rtl" : "ltr";
}
