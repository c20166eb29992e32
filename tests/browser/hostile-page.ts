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
  write: `async ({ url, body, method = "POST", csrf = "guessed" }) => {
    try {
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
      const answer = await fetch(url, { method, credentials: "include", headers, body });
      return \`sent \${answer.status}\`;
    } catch (error) {
      return \`refused \${error}\`;
    }
  }`,
  /** A write that outlives its page, and of which nothing comes back. */
  beacon: `async ({ url, body }) => \`sent \${navigator.sendBeacon(url, body)}\``,
  socket: `({ url }) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url.replace(/^http/, "ws"));
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("refused");
      setTimeout(() => resolve("nothing"), 30_000);
    })`,
  /** What a socket says that opens to anybody and waits for who they are. */
  listen: `({ url }) =>
    new Promise((resolve) => {
      const socket = new WebSocket(url.replace(/^http/, "ws"));
      socket.onmessage = ({ data }) => resolve(\`heard \${data}\`);
      socket.onclose = ({ code }) => resolve(\`refused \${code}\`);
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
      setTimeout(() => resolve("nothing"), 30_000);
    })`,
  /** Another page in a window of this one. */
  popup: `({ url }) =>
    new Promise((resolve) => {
      const opened = window.open(url);
      const look = () => {
        try {
          const { document, location } = opened;
          const text = location.href === "about:blank" ? "" : (document.body?.innerText ?? "");
          if (text !== "") end(\`read \${text}\`);
        } catch (error) {
          end(\`refused \${error}\`);
        }
      };
      const timer = setInterval(look, 100);
      const end = (said) => {
        clearInterval(timer);
        opened?.close();
        resolve(said);
      };
      setTimeout(() => end("nothing"), 30_000);
    })`,
  /** A window of another page, to talk to and to steer. */
  hold: `({ url }) =>
    new Promise((resolve) => {
      const heard = [];
      addEventListener("message", ({ data, source }) => source === opened && heard.push(data));
      const opened = window.open(url);
      const words = ["ping", { type: "sign-out" }, { type: "navigate", to: "/portal/account" }];
      const end = (said) => {
        clearInterval(talk);
        opened?.close();
        resolve(said);
      };
      let turns = 0;
      const talk = setInterval(() => {
        words.forEach((one) => opened?.postMessage(one, "*"));
        turns += 1;
        if (!opened || opened.closed) return end("cut off");
        // One's own page can be read once it is there; of another's nobody knows when that is.
        const { length } = opened;
        try {
          if (opened.location.href === "about:blank" || turns < 10) return;
        } catch {
          if (turns < 100) return;
        }
        end(\`holds \${length} frames, heard \${JSON.stringify(heard)}\`);
      }, 100);
    })`,
  frame: `({ url }) =>
    new Promise((resolve) => {
      const frame = document.createElement("iframe");
      frame.onload = () => {
        try {
          resolve(\`read \${frame.contentDocument.body.innerText}\`);
        } catch (error) {
          resolve(\`refused \${error}\`);
        }
      };
      frame.src = url;
      document.body.append(frame);
      setTimeout(() => resolve("nothing"), 30_000);
    })`,
  /** From a page or worker that this one makes of text: its origin is this page's (blob, srcdoc) or none at all. */
  through: `({ kind, url, post }) =>
    new Promise((resolve) => {
      const init = { credentials: "include", ...(post ? { method: "POST", mode: "no-cors", body: post } : {}) };
      const tell = kind.endsWith("worker") ? "postMessage(said)" : "parent.postMessage(said, '*')";
      const target = JSON.stringify(new URL(url, location).href);
      const script = \`fetch(\${target}, \${JSON.stringify(init)})
        .then(async (answer) => "read " + answer.type + " " + (await answer.text()), (error) => "refused " + error)
        .then((text) => { const said = { id: \${JSON.stringify(kind + url + post)}, text }; \${tell} })\`;
      const frame = document.createElement("iframe");
      const hear = ({ data }) => {
        if (data?.id !== kind + url + post) return;
        frame.remove();
        resolve(data.text);
      };
      if (kind.endsWith("worker")) {
        const type = "text/javascript";
        const source = kind === "blob-worker" ? URL.createObjectURL(new Blob([script], { type })) : \`data:\${type},\${encodeURIComponent(script)}\`;
        new Worker(source).onmessage = hear;
      } else {
        addEventListener("message", hear);
        const page = "<script>" + script + "</" + "script>";
        if (kind === "data") frame.src = \`data:text/html,\${encodeURIComponent(page)}\`;
        else if (kind === "blob") frame.src = URL.createObjectURL(new Blob([page], { type: "text/html" }));
        else frame.srcdoc = page;
        if (kind === "sandboxed") frame.sandbox = "allow-scripts allow-forms";
        document.body.append(frame);
      }
      setTimeout(() => resolve("nothing"), 10_000);
    })`,
  /** Has the browser fetch another page before anybody asks for it. */
  ahead: `({ url, rel }) =>
    new Promise((resolve) => {
      if (rel === "speculation") {
        const rules = document.createElement("script");
        rules.type = "speculationrules";
        const now = [{ urls: [url], eagerness: "immediate" }];
        rules.textContent = JSON.stringify({ prefetch: now, prerender: now });
        document.body.append(rules);
        return setTimeout(() => resolve("asked"), 2000);
      }
      const link = document.createElement("link");
      Object.assign(link, { rel, href: url });
      if (rel === "preload") Object.assign(link, { as: "fetch", crossOrigin: "use-credentials" });
      if (rel === "modulepreload") link.crossOrigin = "use-credentials";
      link.onload = () => resolve("loaded");
      link.onerror = () => resolve("refused");
      document.head.append(link);
      // Of this one nothing is ever told.
      setTimeout(() => resolve("nothing"), rel === "prerender" ? 1000 : 30_000);
    })`,
  /** What a link to a file gives, the person sees; the page is told nothing. */
  download: `async ({ url }) => {
    const link = document.createElement("a");
    Object.assign(link, { href: url, download: "loot", target: "_blank", rel: "opener" });
    document.body.append(link);
    link.click();
    return "clicked";
  }`,
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
      setTimeout(() => resolve("nothing"), 30_000);
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
