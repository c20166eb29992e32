/** What programs colour their words with, and other signs that a terminal acts on: a page shows the words alone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is control characters that it finds
const terminalSigns = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** The words as they stand at the end: a line that was written over (a progress bar) shows what was written last. */
export function plainText(output: string): string {
  return output
    .replace(terminalSigns, "")
    .split("\n")
    .map((line) => line.replace(/\r+$/, "").split("\r").at(-1) ?? "")
    .join("\n");
}
