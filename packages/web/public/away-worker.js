// Answers when nobody else does: while the server can't be reached, whoever opens the portal gets a page that says so
// and goes on by itself when it is back. It keeps no answer and no part of the portal: nothing it shows can be old.
// The page is written here, whole, so that there is nothing to fetch for it.

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  // The browser asks the server while this script is still waking up.
  event.waitUntil(Promise.all([self.registration.navigationPreload?.enable(), self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  const isPortal = pathname === "/portal" || pathname.startsWith("/portal/");
  if (request.mode !== "navigate" || request.method !== "GET" || !isPortal) return;
  event.respondWith(answer(event));
});

/** The server's answer, unless there is none, or only a proxy's word that there is no server behind it. */
async function answer(event) {
  try {
    const response = (await event.preloadResponse) ?? (await fetch(event.request));
    return response.status === 502 || response.status === 504 ? awayPage() : response;
  } catch {
    return awayPage();
  }
}

function awayPage() {
  const nonce = crypto.randomUUID();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return new Response(page.replaceAll("__NONCE__", nonce), {
    status: 503,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
    },
  });
}

const page = `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Stoa</title>
<style nonce="__NONCE__">
  :root { --paper: #fbfaf7; --ink: #1d2430; --quiet: #667085; --accent: #1c6e8c; --on: #fff; color-scheme: light; }
  :root[data-scheme="dark"] {
    --paper: #14171c; --ink: #e8eaed; --quiet: #98a2b3; --accent: #4fb3d1; --on: #14171c; color-scheme: dark;
  }
  @media (prefers-color-scheme: dark) {
    :root:not([data-scheme="light"]) {
      --paper: #14171c; --ink: #e8eaed; --quiet: #98a2b3; --accent: #4fb3d1; --on: #14171c; color-scheme: dark;
    }
  }
  body {
    display: grid; place-items: center; min-block-size: 100dvh; margin: 0; padding-inline: 1.5rem;
    box-sizing: border-box; color: var(--ink); background: var(--paper);
    font: 1rem/1.6 "Inter Variable", "Vazirmatn Variable", Vazirmatn, system-ui, sans-serif;
  }
  main { max-inline-size: 30rem; }
  svg { color: var(--accent); }
  h1 { margin-block: 1.25rem 0.5rem; font-size: 1.6rem; line-height: 1.35; }
  p { margin-block: 0.5rem; }
  .quiet { color: var(--quiet); }
  button {
    margin-block-start: 1.25rem; padding: 0.55rem 1.25rem; color: var(--on); font: inherit; font-weight: 600;
    background: var(--accent); border: 0; border-radius: 10px; cursor: pointer;
  }
  button:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
</style>
</head>
<body>
<main>
  <svg width="44" height="44" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">
    <rect x="2" y="3" width="20" height="3.4" rx="1"/><rect x="4" y="8.4" width="3.4" height="12.6" rx="1"/>
    <rect x="10.3" y="8.4" width="3.4" height="12.6" rx="1"/><rect x="16.6" y="8.4" width="3.4" height="12.6" rx="1"/>
  </svg>
  <h1></h1>
  <p data-text></p>
  <p data-since class="quiet"></p>
  <p data-state class="quiet" role="status"></p>
  <button type="button"></button>
</main>
<script nonce="__NONCE__">
"use strict";
const read = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const texts = {
  en: {
    title: "Stoa can't be reached now",
    text: "Nothing of yours is lost: what is on the server stays there, and what runs goes on as far as it can. This page goes on by itself as soon as the server answers.",
    since: (at) => "Without an answer since " + at + ", as far as this browser knows.",
    asking: "Asking the server again…",
    waiting: "It will be asked again in a few seconds.",
    now: "Try now",
  },
  fa: {
    title: "استوآ فعلاً در دسترس نیست",
    text: "چیزی از دست نرفته است: هر چه روی سرور دارید سر جایش می‌ماند و هر چه در حال اجراست تا جایی که بشود ادامه می‌یابد. همین که سرور پاسخ بدهد این صفحه خودش پیش می‌رود.",
    since: (at) => "تا جایی که این مرورگر می‌داند، از " + at + " پاسخی نیامده است.",
    asking: "دوباره از سرور پرسیده می‌شود…",
    waiting: "چند ثانیهٔ دیگر دوباره پرسیده می‌شود.",
    now: "همین حالا امتحان کن",
  },
};
const chosen = read("stoa.locale");
const locale = chosen === "fa" || chosen === "en" ? chosen : navigator.language.startsWith("fa") ? "fa" : "en";
const words = texts[locale];
const root = document.documentElement;
root.lang = locale;
root.dir = locale === "fa" ? "rtl" : "ltr";
const scheme = read("stoa.scheme");
if (scheme === "light" || scheme === "dark") root.dataset.scheme = scheme;

/** In the calendar and the digits that were chosen in the portal. */
function moment(at) {
  const calendar = { gregory: "gregory", persian: "persian" }[read("stoa.calendar")] ?? (locale === "fa" ? "persian" : "gregory");
  const digits = { latin: "-nu-latn", persian: "-nu-arabext" }[read("stoa.digits")] ?? "";
  const tag = (locale === "fa" ? "fa-IR" : "en-GB") + "-u-ca-" + calendar + digits;
  const isToday = at.toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(tag, { timeStyle: "short", ...(isToday ? {} : { dateStyle: "medium" }) }).format(at);
}

const kept = Date.parse(read("stoa.away") ?? "");
const since = new Date(Number.isNaN(kept) ? Date.now() : kept);
if (Number.isNaN(kept)) { try { localStorage.setItem("stoa.away", since.toISOString()); } catch {} }
const show = (selector, text) => { document.querySelector(selector).textContent = text; };
document.title = words.title + " · " + (locale === "fa" ? "استوآ" : "Stoa");
show("h1", words.title);
show("[data-text]", words.text);
show("[data-since]", words.since(moment(since)));
show("button", words.now);

let timer;
let waitMs = 1_500;
async function ask() {
  clearTimeout(timer);
  show("[data-state]", words.asking);
  try {
    const response = await fetch("/status", { cache: "no-store", signal: AbortSignal.timeout(5_000) });
    if (response.status !== 502 && response.status !== 504) {
      try { localStorage.removeItem("stoa.away"); } catch {}
      location.reload();
      return;
    }
  } catch {}
  waitMs = Math.min(10_000, waitMs * 1.3);
  show("[data-state]", words.waiting);
  timer = setTimeout(ask, waitMs);
}
document.querySelector("button").addEventListener("click", ask);
window.addEventListener("online", ask);
timer = setTimeout(ask, waitMs);
</script>
</body>
</html>
`;
