import type { Page } from "playwright-core";

/**
 * What a page inside a session may try with the browser of whoever opens it. Each runs in that page, as its own
 * script would, and says in one line what came of it; against its own origin, or from the portal's page, the same
 * lines succeed.
 * (As text: they are a browser's, whose types this side does not have.)
 */
export const tricks = {
  /** What a page elsewhere answers to this person. */
  read: `async ({ url }) => {
    try {
      return \`read \${await (await fetch(url, { credentials: "include" })).text()}\`;
    } catch (error) {
      return \`refused \${error}\`;
    }
  }`,
  /** A write that a browser sends without asking first. */
  writeUnasked: `async ({ url, body, type }) => {
    try {
      const headers = { "Content-Type": type };
      const answer = await fetch(url, { method: "POST", mode: "no-cors", credentials: "include", headers, body });
      return \`sent \${answer.type} \${answer.status}\`;
    } catch (error) {
      return \`refused \${error}\`;
    }
  }`,
  /** A write of the kind that a browser asks for leave for. */
  write: `async ({ url, body }) => {
    try {
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": "guessed" };
      const answer = await fetch(url, { method: "POST", credentials: "include", headers, body });
      return \`sent \${answer.status}\`;
    } catch (error) {
      return \`refused \${error}\`;
    }
  }`,
  socket: `({ url }) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url.replace(/^http/, "ws"));
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("refused");
      setTimeout(() => resolve("nothing"), 5000);
    })`,
  events: `({ url }) =>
    new Promise((resolve) => {
      const source = new EventSource(url, { withCredentials: true });
      source.onopen = () => {
        source.close();
        resolve("open");
      };
      source.onerror = () => {
        source.close();
        resolve("refused");
      };
    })`,
  /** A form, sent into a frame; the frame's text where it can be read. */
  form: `({ url, enctype, body }) =>
    new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.name = \`f\${Math.random()}\`;
      document.body.append(frame);
      const form = document.body.appendChild(document.createElement("form"));
      Object.assign(form, { method: "POST", action: url, enctype, target: frame.name });
      const field = form.appendChild(document.createElement("input"));
      // As text/plain, name=value of this is JSON.
      field.name = \`\${body.slice(0, -1)},"x":"\`;
      field.value = '"}';
      frame.onload = () => {
        let text = "";
        try {
          text = frame.contentDocument?.body.innerText ?? "closed";
        } catch {
          text = "closed";
        }
        if (text !== "") resolve(text);
      };
      form.submit();
      setTimeout(() => resolve("nothing"), 4000);
    })`,
  /** Another page in a window of this one. */
  popup: `({ url }) =>
    new Promise((resolve) => {
      const opened = window.open(url);
      setTimeout(() => {
        try {
          resolve(\`read \${opened?.document.body.innerText ?? "nothing"}\`);
        } catch (error) {
          resolve(\`refused \${error}\`);
        } finally {
          opened?.close();
        }
      }, 2500);
    })`,
  worker: `async ({ url, scope }) => {
    try {
      const registration = await navigator.serviceWorker.register(url, { scope });
      const reach = registration.scope;
      await registration.unregister();
      return \`registered \${reach}\`;
    } catch (error) {
      return \`refused \${error}\`;
    }
  }`,
  /** Another page's answer as a script, a style or a picture of this one. */
  embed: `({ url, tag }) =>
    new Promise((resolve) => {
      const element = document.createElement(tag);
      if (tag === "link") Object.assign(element, { rel: "stylesheet", href: url });
      else if (tag === "object") Object.assign(element, { data: url, type: "text/html" });
      else Object.assign(element, { src: url });
      element.onload = () => resolve("loaded");
      element.onerror = () => resolve("refused");
      document.body.append(element);
      setTimeout(() => resolve("nothing"), 4000);
    })`,
  toss: `async ({ cookies }) => {
    for (const cookie of cookies) document.cookie = cookie;
    return document.cookie;
  }`,
} as const;

/** Runs one in a page, whosever it is. @returns what came of it */
export function attempt(
  page: Page,
  trick: keyof typeof tricks,
  aim: Readonly<Record<string, unknown>>,
): Promise<string> {
  return page.evaluate<string>(`(${tricks[trick]})(${JSON.stringify(aim)})`);
}
