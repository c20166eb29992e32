/**
 * A name of either direction, to stand inside a sentence of either: between the marks "first strong isolate"
 * and "pop directional isolate". Figures and signs alone need none.
 */
export const isolated = (text: string): string => (/\p{L}/u.test(text) ? `\u2068${text}\u2069` : text);
