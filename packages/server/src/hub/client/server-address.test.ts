import { describe, expect, it } from "vitest";
import { testConfig } from "../../testing/test-platform.ts";
import { askingAddress, pathOfAddress, publicAddress } from "./server-address.ts";

const settings = (hub: object) => {
  const config = testConfig();
  return { config: { ...config, hub: { ...config.hub, ...hub } } };
};
const both = { apiUrl: "http://hub:8081/hub/api", publicUrl: "https://hub.example" };

describe("where a server is asked", () => {
  it.each([
    ["at the API's origin", both, "/user/ada/", "http://hub:8081/user/ada/"],
    ["at the proxy", { ...both, proxyUrl: "http://proxy:8000" }, "/user/ada/", "http://proxy:8000/user/ada/"],
    ["with `subdomain_host`", both, "https://ada.hub.example/user/ada/", "https://ada.hub.example/user/ada/"],
    ["at the public host", both, "https://hub.example/user/ada/", "https://hub.example/user/ada/"],
    ["at no other host", both, "https://hub.example.evil.org/user/ada/", null],
    ["nor at one that only ends like it", both, "https://evilhub.example/user/ada/", null],
    ["nor at another port", both, "https://ada.hub.example:8443/user/ada/", null],
    ["nor without TLS", both, "http://ada.hub.example/user/ada/", null],
    ["nor by an address without a scheme", both, "//evil.org/user/ada/", null],
  ])("%s", (_what, hub, url, address) => {
    expect(askingAddress(settings(hub), url)).toBe(address);
  });
});

describe("where browsers are sent", () => {
  it.each([
    ["/user/ada/lab?token=x", "https://hub.example/user/ada/lab?token=x"],
    ["https://ada.hub.example/user/ada/lab?token=x", "https://ada.hub.example/user/ada/lab?token=x"],
    ["https://evil.org/user/ada/lab?token=x", "https://hub.example/user/ada/lab?token=x"],
    ["//evil.org/user/ada/lab", "https://hub.example/user/ada/lab"],
    ["/\\evil.org/user/ada/lab", "https://hub.example/user/ada/lab"],
    ["https://hub.example.evil.org/lab?token=x", "https://hub.example/lab?token=x"],
    ["https://a:b@ada.hub.example/user/ada/lab", "https://ada.hub.example/user/ada/lab"],
    ["https://ada.hub.example@evil.org/user/ada/lab", "https://hub.example/user/ada/lab"],
    ["javascript:alert(1)//lab", "https://hub.example/alert(1)//lab"],
    ["x:.evil.org/user/ada/lab", "https://hub.example/.evil.org/user/ada/lab"],
    ["x:@evil.org/user/ada/lab", "https://hub.example/@evil.org/user/ada/lab"],
    ["https://evil.org//evil.org/lab", "https://hub.example/evil.org/lab"],
    ["https://[::1/lab", "https://hub.example/"],
  ])("%s", (url, address) => {
    expect(publicAddress(settings(both), url)).toBe(address);
  });
});

describe("contract 2's path, that browsers open at the hub's public address", () => {
  it.each([
    ["/user/ada/lab?token=x", "/user/ada/lab?token=x"],
    ["/jupyter/user/ad%C3%A4/lab", "/jupyter/user/ad%C3%A4/lab"],
    ["https://ada.hub.example/user/ada/lab?token=x", "/user/ada/lab?token=x"],
    ["https://evil.org/user/ada/lab?token=x", "/user/ada/lab?token=x"],
    ["//evil.org/user/ada/lab", "/user/ada/lab"],
    ["https://evil.org//evil.org/lab?token=x", "/evil.org/lab?token=x"],
    ["/\t/evil.org/lab", "/lab"],
    ["/\\evil.org/lab", "/lab"],
    ["x:/\\evil.org/lab", "/evil.org/lab"],
    ["javascript:alert(1)//lab", "/alert(1)//lab"],
    ["https://[::1/lab", "/"],
  ])("%j", (url, path) => {
    expect(pathOfAddress(url)).toBe(path);
    expect(new URL(pathOfAddress(url), "https://hub.example").origin).toBe("https://hub.example");
  });
});
