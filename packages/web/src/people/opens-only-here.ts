const loopback = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\])$/;

/** Whether an address leads to the machine itself, whichever one opens it. */
export function opensOnlyHere(url: string): boolean {
  return URL.canParse(url) && loopback.test(new URL(url).hostname);
}
