/**
 * Whether this is what a terminal says by itself when a program asks it something (ECMA-48, xterm's "Control
 * Sequences"): its kind (DA), its state or the cursor's place (DSR), a mode (DECRPM), a colour (OSC) or a setting (DCS).
 * All else is typed. Shift+F3 looks like the cursor's place: it is lost in the moment in which old output is shown.
 */
export function isAnswer(text: string): boolean {
  return answers.test(text);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these sequences begin with one
const answers = /^\u001b(\[[?>=]?[\d;]*(c|n|R|\$y)$|\]|P)/;
