import { describe, expect, it } from "vitest";
import { requestHeaders, responseHeaders } from "./forwarded-headers.ts";

const options = {
  address: "10.1.2.3",
  scheme: "http",
  host: "s-1.localhost:8080",
  prefix: "",
  dropAuthorization: false,
  upgrade: false,
} as const;
const shown = { origin: "http://s-1.localhost:8080", prefix: "", portalOrigin: "http://localhost:8080" };

function asMap(raw: string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < raw.length; i += 2) map.set((raw[i] as string).toLowerCase(), raw[i + 1] as string);
  return map;
}

describe("request headers", () => {
  it("keeps our cookies and credentials from the session", () => {
    const sent = asMap(
      requestHeaders(
        [
          ...["Host", "s-1.localhost", "Cookie", "a=1; stoa_access=x.y; __Host-stoa_session=z; b=2"],
          ...["UWS-Authorization", "Token t", "X-API-Key", "k", "X-CSRF-Token", "c", "X-Own", "1"],
        ],
        options,
      ),
    );
    expect(sent.get("cookie")).toBe("a=1; b=2");
    expect(sent.get("x-own")).toBe("1");
    for (const name of ["uws-authorization", "x-api-key", "x-csrf-token"]) expect(sent.has(name)).toBe(false);
  });

  it("drops a Cookie header of ours alone", () => {
    expect(asMap(requestHeaders(["Cookie", "stoa_access=x"], options)).has("cookie")).toBe(false);
  });

  it("passes a program's own Authorization, but not the one that opened our door", () => {
    const raw = ["Authorization", "token jupyter"];
    expect(asMap(requestHeaders(raw, options)).get("authorization")).toBe("token jupyter");
    expect(asMap(requestHeaders(raw, { ...options, dropAuthorization: true })).has("authorization")).toBe(false);
  });

  it("takes an underscore for a dash, as CGI and WSGI do", () => {
    const raw = ["X_Forwarded_For", "1.1.1.1", "x_real-ip", "1.1.1.1", "X_Forwarded_User", "root", "X_Own", "1"];
    const sent = asMap(requestHeaders(raw, options));
    expect(sent.get("x_own")).toBe("1");
    for (const name of ["x_forwarded_for", "x_real-ip", "x_forwarded_user"]) expect(sent.has(name)).toBe(false);
  });

  it("believes no client about where it comes from", () => {
    const sent = asMap(
      requestHeaders(["Host", "h", "X-Forwarded-For", "1.1.1.1", "X-Forwarded-Proto", "https"], options),
    );
    expect(sent.get("x-forwarded-for")).toBe("10.1.2.3");
    expect(sent.get("x-forwarded-proto")).toBe("http");
    expect(sent.get("x-forwarded-host")).toBe("s-1.localhost:8080");
    expect(sent.get("host")).toBe("s-1.localhost:8080");
    expect(sent.get("forwarded")).toBe('for=10.1.2.3;proto=http;host="s-1.localhost:8080"');
    expect(sent.get("via")).toBe("1.1 stoa");
  });

  it("believes no client about who it is", () => {
    const names = ["X-Forwarded-User", "X-Forwarded-Email", "X-Remote-User", "Remote-User", "X-Webauth-User"];
    const sent = asMap(
      requestHeaders(
        names.flatMap((name) => [name, "admin"]),
        options,
      ),
    );
    expect([...sent.values()]).not.toContain("admin");
  });

  it("drops hop-by-hop headers and what Connection names", () => {
    const raw = ["Connection", "close, X-Private", "X-Private", "1", "Transfer-Encoding", "chunked", "TE", "trailers"];
    const sent = asMap(requestHeaders(raw, options));
    for (const name of ["connection", "x-private", "transfer-encoding", "te"]) expect(sent.has(name)).toBe(false);
  });
});

describe("response headers", () => {
  it("keeps cookies on the session's own host and our names to ourselves", () => {
    const raw = responseHeaders(
      [
        ...["Set-Cookie", "a=1; Domain=.example.org; Path=/", "Set-Cookie", "stoa_access=evil; Path=/"],
        ...["Set-Cookie", "__Host-stoa_session=evil", "Set-Cookie", "b=2; HttpOnly"],
        ...["Set-Cookie", "=stoa_access=evil", "Set-Cookie", " = __host-stoa_session=evil; Path=/"],
      ],
      shown,
    );
    const cookies = raw.filter((_, i) => i % 2 === 1);
    expect(cookies).toEqual(["a=1; Path=/", "b=2; HttpOnly"]);
  });

  it("lets no service worker grow above its path", () => {
    expect(responseHeaders([Buffer.from("Service-Worker-Allowed"), Buffer.from("/")], shown)).toEqual([]);
  });

  it("lets no program delete the portal's cookies, or send its readers to another port", () => {
    const raw = ["Clear-Site-Data", '"cookies"', "Alt-Svc", 'h3=":4433"', "X-Own", "1"];
    expect(responseHeaders(raw, shown)).toEqual(["X-Own", "1"]);
  });

  it("takes no Host and no length away because Connection names them", () => {
    const sent = asMap(
      requestHeaders(["Host", "h", "Content-Length", "3", "Connection", "host, content-length"], options),
    );
    expect(sent.get("host")).toBe("s-1.localhost:8080");
    expect(sent.get("content-length")).toBe("3");
  });

  it("announces no body for a 204", () => {
    expect(responseHeaders(["Content-Length", "5"], shown, 204)).toEqual([]);
    expect(responseHeaders(["Content-Length", "5"], shown, 304)).toEqual(["Content-Length", "5"]);
  });
});
