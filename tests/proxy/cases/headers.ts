import { type Case, demand, header, OK, type Trial } from "../trial.ts";

async function sent({ arrive, head }: Trial, ...lines: string[]): Promise<string> {
  return (await arrive(head("GET /case HTTP/1.1", ...lines))).received;
}

const answered = (trial: Trial, ...lines: string[]): Promise<string> =>
  trial.answerFor(OK.replace("\r\n\r\n", `\r\n${lines.join("\r\n")}\r\n\r\n`));

export const headers: readonly Case[] = [
  {
    id: "hop-by-hop",
    right: "what speaks of the client's connection is not passed on",
    by: "RFC 9110, 7.6.1",
    async run(trial) {
      const received = await sent(trial, "Keep-Alive: timeout=5", "Proxy-Connection: close", "TE: gzip");
      for (const name of ["keep-alive", "proxy-connection"]) demand(header(received, name) === null, `${name} was`);
      const te = header(received, "te");
      demand(te === null || /\bte\b/i.test(header(received, "connection") ?? ""), "TE was, without Connection");
    },
  },
  {
    id: "hop-by-hop-named",
    right: "what Connection names is not passed on",
    by: "RFC 9110, 7.6.1",
    async run(trial) {
      const received = await sent(trial, "Connection: keep-alive, X-Private", "X-Private: 1");
      demand(header(received, "x-private") === null, "was passed on");
    },
  },
  {
    id: "hop-by-hop-answer",
    right: "the same for the program's answer",
    by: "RFC 9110, 7.6.1",
    async run({ answerFor }) {
      const answer = await answerFor(
        "HTTP/1.1 200 OK\r\nConnection: close, X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=99\r\nContent-Length: 2\r\n\r\nok",
      );
      demand(header(answer, "x-private") === null, "X-Private was passed on");
      demand(header(answer, "keep-alive") !== "timeout=99", "Keep-Alive was passed on");
    },
  },
  {
    id: "connection-names-host",
    right: "Connection can't take away Host",
    by: "RFC 9110, 7.6.1",
    async run(trial) {
      const received = await sent(trial, "Connection: close, Host");
      demand(header(received, "host") !== null, "the request came without Host");
    },
  },
  {
    id: "proxy-authorization",
    right: "credentials for proxies are not shown to the program",
    by: "RFC 9110, 11.7.2",
    async run(trial) {
      demand(header(await sent(trial, "Proxy-Authorization: Basic eA=="), "proxy-authorization") === null, "were");
    },
  },
  {
    id: "host",
    right: "the program sees the host that was asked for (it compares Origin with it)",
    by: "RFC 9110, 7.2",
    async run(trial) {
      const host = header(await sent(trial), "host");
      demand(host === trial.proxy.host, `saw ${host}`);
    },
  },
  {
    id: "via",
    right: "the request says by Via that it came through us",
    by: "RFC 9110, 7.6.3",
    async run(trial) {
      const via = header(await sent(trial, "Via: 1.0 fred"), "via");
      demand(via !== null && /^1\.0 fred, ?1\.1 /.test(via), via === null ? "dropped" : `is ${via}`);
    },
  },
  {
    id: "x-forwarded-for",
    right: "X-Forwarded-For ends with the address that the connection came from",
    by: "RFC 7239, 5.2",
    async run(trial) {
      const value = header(await sent(trial, "X-Forwarded-For: 6.6.6.6"), "x-forwarded-for");
      demand(/(?:^|[ ,])(?:::ffff:)?127\.0\.0\.1$/.test(value ?? ""), `is ${value}`);
    },
  },
  {
    id: "x-forwarded-proto",
    right: "a client can't make http into https",
    by: "RFC 7239, 8.1",
    async run(trial) {
      const received = await sent(trial, "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example");
      demand(header(received, "x-forwarded-proto") === "http", `proto is ${header(received, "x-forwarded-proto")}`);
      const host = header(received, "x-forwarded-host");
      demand(host === trial.proxy.host, `host is ${host}`);
    },
  },
  {
    id: "forwarded",
    right: "a client's Forwarded is not passed on as if it were ours",
    by: "RFC 7239, 8.1",
    async run(trial) {
      const value = header(await sent(trial, "Forwarded: for=6.6.6.6;proto=https"), "forwarded");
      const last = value?.split(",").at(-1) ?? "";
      demand(value === null || !last.includes("6.6.6.6"), "was passed on");
    },
  },
  {
    id: "x-real-ip",
    right: "nor X-Real-IP, -Prefix, -Port and -Ssl, which programs believe as well",
    by: "RFC 7239, 8.1",
    async run(trial) {
      const names = ["X-Real-IP", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Forwarded-Ssl"];
      const received = await sent(trial, ...names.map((name) => `${name}: 666`));
      for (const name of names) demand(!(header(received, name) ?? "").includes("666"), `${name} was`);
    },
  },
  {
    id: "cookies-kept",
    right: "a client's cookies arrive as they are, quotes and all",
    by: "RFC 6265, 5.4",
    async run(trial) {
      // Beside the proxy's own: in one header, as browsers send them.
      const ours = trial.proxy.admission.find((line) => line.startsWith("Cookie:"));
      const line = `${ours ?? "Cookie:"}${ours === undefined ? "" : ";"} a="x y"; b=%20; c=`;
      const bare = { ...trial.proxy, admission: trial.proxy.admission.filter((other) => other !== ours) };
      const request = ["GET /case HTTP/1.1", `Host: ${bare.host}`, ...bare.admission, line].join("\r\n");
      const { received } = await trial.arrive(`${request}\r\n\r\n`);
      demand(header(received, "cookie") === 'a="x y"; b=%20; c=', `became ${header(received, "cookie")}`);
    },
  },
  {
    id: "header-order",
    right: "headers keep their spelling and the order of those of one name",
    by: "RFC 9110, 5.3",
    async run(trial) {
      const received = await sent(trial, "x-ODD-Case: 1", "X-Many: a", "X-Many: b");
      demand(received.includes("\r\nx-ODD-Case: 1\r\n"), "the spelling changed");
      demand(/^a, ?b$/.test(header(received, "x-many") ?? ""), "the order changed");
    },
  },
  {
    id: "unknown-headers",
    right: "what a proxy does not know it passes on, in answers too",
    by: "RFC 9110, 5.1",
    async run(trial) {
      const answer = await answered(trial, "X-Own: 1", "Content-Security-Policy: sandbox", 'ETag: W/"1"');
      for (const name of ["x-own", "content-security-policy", "etag"])
        demand(header(answer, name) !== null, `${name} is lost`);
    },
  },
];

/** What a session may not do to the portal beside it. Proxies for one site have no such rule. */
export const sessionRules: readonly Case[] = [
  {
    id: "cookie-parent-domain",
    right: "a cookie for the parent domain is kept on the session's host",
    by: "RFC 6265, 5.3; docs/sessions-on-the-web.md",
    async run(trial) {
      const cookie = header(await answered(trial, "Set-Cookie: a=1; Domain=localhost; Path=/"), "set-cookie") ?? "";
      demand(!/domain/i.test(cookie), `is ${cookie}`);
    },
  },
  {
    id: "cookie-portal-name",
    right: "a cookie with a name of the portal's is not set, nor one without a name that reads like it",
    by: "RFC 6265bis, 5.6",
    async run(trial) {
      const answer = await answered(
        trial,
        ...["Set-Cookie: stoa_session=evil; Path=/", "Set-Cookie: __Host-stoa_access=evil; Secure; Path=/"],
        "Set-Cookie: =stoa_access=evil",
      );
      demand(header(answer, "set-cookie") === null, `${header(answer, "set-cookie")}`);
    },
  },
  {
    id: "cookie-portal-unseen",
    right: "the program sees no cookie of the portal's",
    by: "docs/sessions-on-the-web.md",
    async run(trial) {
      const received = await sent(trial, "Cookie: stoa_session=secret");
      demand(!received.includes("stoa_"), "sees it");
    },
  },
  {
    id: "service-worker",
    right: "no service worker above its own path",
    by: "W3C Service Workers, 4.1",
    async run(trial) {
      demand(header(await answered(trial, "Service-Worker-Allowed: /"), "service-worker-allowed") === null, "allowed");
    },
  },
  {
    id: "clear-site-data",
    right: "a program can't sign people out of the portal",
    by: "W3C Clear Site Data, 4",
    async run(trial) {
      demand(header(await answered(trial, 'Clear-Site-Data: "cookies"'), "clear-site-data") === null, "it can");
    },
  },
  {
    id: "redirect-inner",
    right: "a redirect to the program's inner address leads to the session",
    by: "RFC 9110, 10.2.2",
    async run(trial) {
      const location = header(await answered(trial, "Location: http://127.0.0.1:8888/lab?x"), "location");
      demand(location === `http://${trial.proxy.host}/lab?x`, `leads to ${location}`);
    },
  },
  {
    id: "redirect-metadata",
    right: "a redirect to the metadata service is the browser's to follow, never the proxy's",
    by: "RFC 9110, 15.4",
    async run(trial) {
      const answer = await trial.answerFor(
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n",
      );
      demand(answer.startsWith("HTTP/1.1 302"), "was followed");
    },
  },
];
