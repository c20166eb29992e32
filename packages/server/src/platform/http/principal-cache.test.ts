import { expect, it } from "vitest";
import { testPrincipal } from "../../testing/create-test-server.ts";
import type { Principal } from "../principal.ts";
import type { Authenticator } from "./authenticator.ts";
import { withPrincipalCache } from "./principal-cache.ts";
import type { Revoked } from "./revocations.ts";

function setUp(principal: Principal | null = testPrincipal()) {
  const state = { looked: 0, now: 1_000, listening: true, revoke: (_what: Revoked) => {} };
  const look = async () => {
    state.looked++;
    return principal;
  };
  const inner: Authenticator = {
    bearer: look,
    cookie: look,
    uwsToken: look,
    apiKey: look,
    verificationToken: look,
    noteUse: () => {},
  };
  const cache = withPrincipalCache(
    inner,
    {
      events: {
        get listening() {
          return state.listening;
        },
      },
      revocations: {
        onAny(callback) {
          state.revoke = callback;
          return () => {};
        },
      },
    },
    () => state.now,
  );
  return { state, cache };
}

it("looks a secret up once a second, each kind for itself", async () => {
  const { state, cache } = setUp();
  await cache.bearer("t");
  await cache.bearer("t");
  expect(state.looked).toBe(1);
  await cache.cookie("t");
  expect(state.looked).toBe(2);
  state.now += 1_000;
  await cache.bearer("t");
  expect(state.looked).toBe(3);
});

it("forgets at a revocation, also one that comes while it looks", async () => {
  const { state, cache } = setUp();
  await cache.bearer("t");
  state.revoke({ credentialId: "x" });
  const looking = cache.bearer("t");
  state.revoke({ credentialId: "x" });
  await looking;
  await cache.bearer("t");
  expect(state.looked).toBe(3);
});

it("is not used while the listener is down", async () => {
  const { state, cache } = setUp();
  await cache.bearer("t");
  state.listening = false;
  await cache.bearer("t");
  expect(state.looked).toBe(2);
});

it("does not remember refusals, nor beyond the credential's end", async () => {
  const refusing = setUp(null);
  await refusing.cache.bearer("t");
  await refusing.cache.bearer("t");
  expect(refusing.state.looked).toBe(2);
  const short = setUp(testPrincipal({ credential: { kind: "jwt", id: "j", expiresAt: 1_500 } }));
  await short.cache.bearer("t");
  short.state.now = 1_600;
  await short.cache.bearer("t");
  expect(short.state.looked).toBe(2);
});
