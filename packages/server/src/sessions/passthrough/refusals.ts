import type { SessionTarget } from "./contract.ts";
import { endInPersian } from "./end-in-persian.ts";

export interface Words {
  /** What happened. */
  readonly title: string;
  /** Why, and what to do about it. */
  readonly remedy: string;
}

/** Why an exchange with a session does not take place. */
export interface Refusal extends Words {
  readonly status: number;
  readonly persian: Words;
  /** After so many seconds the page looks again by itself. Left out: it does not. */
  readonly againAfterSeconds?: number;
}

export const refusals = {
  signIn: {
    status: 401,
    title: "This session is not open to this browser.",
    remedy: "Open it from the portal: the link there works for you alone.",
    persian: {
      title: "این نشست برای این مرورگر باز نیست.",
      remedy: "آن را از پورتال باز کنید؛ پیوندی که آنجاست فقط برای خود شما کار می‌کند.",
    },
  },
  badToken: {
    status: 401,
    title: "Invalid token provided.",
    remedy: "Get a new one and try again.",
    persian: { title: "این توکن معتبر نیست.", remedy: "توکن تازه‌ای بگیرید و دوباره امتحان کنید." },
  },
  twoCredentials: {
    status: 400,
    title: "Two credentials came in one request.",
    remedy: "Send one.",
    persian: { title: "در یک درخواست دو اعتبارنامه آمده است.", remedy: "فقط یکی را بفرستید." },
  },
  lacksScope: {
    status: 403,
    title: "This token lacks the scope sessions:write.",
    remedy: "Make one with it.",
    persian: { title: "این توکن دامنهٔ sessions:write را ندارد.", remedy: "توکنی با این دامنه بسازید." },
  },
  tooMany: {
    status: 429,
    title: "Too many attempts.",
    remedy: "Try again in a minute.",
    persian: { title: "تعداد تلاش‌ها بیش از حد است.", remedy: "یک دقیقهٔ دیگر دوباره امتحان کنید." },
  },
  ticketOver: {
    status: 410,
    title: "This link is over.",
    remedy: "It works once, for two minutes. Open the session from the portal again.",
    persian: {
      title: "مهلت این پیوند تمام شده است.",
      remedy: "هر پیوند یک بار و تا دو دقیقه کار می‌کند. نشست را دوباره از پورتال باز کنید.",
    },
  },
  noSession: {
    status: 404,
    title: "There is no such session.",
    remedy: "Look at your sessions in the portal.",
    persian: { title: "چنین نشستی وجود ندارد.", remedy: "نشست‌های خود را در پورتال ببینید." },
  },
  otherOrigin: {
    status: 403,
    title: "Another page tried to act in this session.",
    remedy: "Open the session from the portal.",
    persian: {
      title: "صفحهٔ دیگری خواست در این نشست کاری بکند.",
      remedy: "نشست را از پورتال باز کنید.",
    },
  },
  accessUnknown: {
    status: 503,
    title: "Stoa can't check your access just now.",
    remedy: "Nothing is lost and the session goes on. Try again in a moment.",
    againAfterSeconds: 3,
    persian: {
      title: "Stoa اکنون نمی‌تواند دسترسی شما را بررسی کند.",
      remedy: "چیزی از دست نرفته و نشست ادامه دارد. کمی بعد دوباره امتحان کنید.",
    },
  },
  full: {
    status: 503,
    title: "This session has as many connections open as one may have.",
    remedy: "Close some of its tabs or programs, then try again. Other sessions are not affected.",
    persian: {
      title: "تعداد اتصال‌های باز این نشست به سقف مجاز رسیده است.",
      remedy: "چند زبانه یا برنامهٔ آن را ببندید و دوباره امتحان کنید. نشست‌های دیگر آسیبی ندیده‌اند.",
    },
  },
  method: {
    status: 405,
    title: "Sessions take no CONNECT and no TRACE.",
    remedy: "CONNECT would open a way to other hosts, and TRACE would show credentials to pages.",
    persian: {
      title: "نشست‌ها درخواست CONNECT و TRACE نمی‌پذیرند.",
      remedy: "CONNECT راهی به میزبان‌های دیگر باز می‌کند و TRACE اعتبارنامه‌ها را به صفحه‌ها نشان می‌دهد.",
    },
  },
  framing: {
    status: 400,
    title: "It can't be told where this request ends.",
    remedy: "HTTP/1.0 has no transfer codings: send a Content-Length, or HTTP/1.1.",
    persian: {
      title: "معلوم نیست این درخواست کجا تمام می‌شود.",
      remedy: "HTTP/1.0 کدگذاری انتقال ندارد؛ Content-Length یا HTTP/1.1 بفرستید.",
    },
  },
  coding: {
    status: 501,
    title: "This transfer coding is not known here.",
    remedy: "Send the body as it is, or in chunks.",
    persian: { title: "این کدگذاری انتقال شناخته نیست.", remedy: "بدنه را همان‌گونه که هست یا تکه‌تکه بفرستید." },
  },
  handshake: {
    status: 400,
    title: "This is no WebSocket handshake.",
    remedy: "It is a GET without a body.",
    persian: { title: "این دست‌دهی WebSocket نیست.", remedy: "دست‌دهی یک GET بدون بدنه است." },
  },
  target: {
    status: 400,
    title: "The request's address is not one of this host.",
    remedy: "Send a path, or an http address whose host is the one of the Host header.",
    persian: {
      title: "نشانی درخواست از آنِ این میزبان نیست.",
      remedy: "یک مسیر بفرستید، یا نشانی‌ای از نوع http که میزبانش همان سرایند Host باشد.",
    },
  },
  headersTooLarge: {
    status: 431,
    title: "Too much comes with each request of this browser.",
    remedy:
      "At most 16 KiB of address and headers are taken. It is often a cookie that grows: delete the cookies of this address and open the session from the portal again.",
    persian: {
      title: "این مرورگر با هر درخواست بیش از اندازه داده می‌فرستد.",
      remedy:
        "حداکثر ۱۶ کیلوبایت برای نشانی و سرایندها پذیرفته می‌شود. علتش اغلب کوکی‌ای است که بزرگ‌تر می‌شود؛ کوکی‌های همین نشانی را پاک کنید و نشست را دوباره از پورتال باز کنید.",
    },
  },
  notListening: {
    status: 502,
    title: "The session's program does not listen.",
    remedy:
      "It did not answer when it was called: it may be starting anew, or have stopped. Its page in the portal shows what it printed.",
    againAfterSeconds: 5,
    persian: {
      title: "برنامهٔ این نشست گوش نمی‌دهد.",
      remedy:
        "کسی پاسخ نداد؛ شاید دارد دوباره بالا می‌آید یا از کار افتاده است. خروجی برنامه را در صفحهٔ نشست در پورتال ببینید.",
    },
  },
  noAnswer: {
    status: 502,
    title: "The session's program did not answer.",
    remedy: "It closed the connection without an answer. Try again; its page in the portal shows what it printed.",
    persian: {
      title: "برنامهٔ این نشست پاسخ نداد.",
      remedy: "اتصال را بدون پاسخ بست. دوباره امتحان کنید؛ خروجی برنامه را در صفحهٔ نشست در پورتال ببینید.",
    },
  },
  noHandshake: {
    status: 504,
    title: "The session's program did not answer in time.",
    remedy:
      "It took the connection and said nothing for 30 seconds: it may be busy, or hang. Its page in the portal shows what it printed.",
    persian: {
      title: "برنامهٔ این نشست به‌موقع پاسخ نداد.",
      remedy:
        "اتصال را پذیرفت و ۳۰ ثانیه چیزی نگفت؛ شاید سرش شلوغ است یا گیر کرده. خروجی برنامه را در صفحهٔ نشست در پورتال ببینید.",
    },
  },
  notHttp: {
    status: 502,
    title: "What the session's program answered is not HTTP.",
    remedy: "The fault is the program's. Its page in the portal shows what it printed.",
    persian: {
      title: "پاسخ برنامهٔ این نشست HTTP نیست.",
      remedy: "اشکال از برنامه است. خروجی آن را در صفحهٔ نشست در پورتال ببینید.",
    },
  },
  answerTooLarge: {
    status: 502,
    title: "The headers of the program's answer are too large.",
    remedy: "At most 64 KiB are taken. The fault is the program's, often in a cookie that grows with each request.",
    persian: {
      title: "سرایندهای پاسخ برنامه بیش از حد بزرگ‌اند.",
      remedy: "حداکثر ۶۴ کیلوبایت پذیرفته می‌شود. اشکال از برنامه است، اغلب از کوکی‌ای که با هر درخواست بزرگ‌تر می‌شود.",
    },
  },
} as const satisfies Record<string, Refusal>;

/** A session that runs elsewhere, has ended or is not ready yet; null: it is open. */
export function notOpen(target: SessionTarget, nodeId: string): Refusal | null {
  if (target.state === "complete" || target.state === "failed" || target.state === "stopping") return ended(target);
  if (target.nodeId !== nodeId) return elsewhere(target.nodeId);
  if (target.ready && target.connect !== null) return null;
  return {
    status: 503,
    title: "This session is not ready yet.",
    remedy: `${target.message} This page looks again by itself.`,
    againAfterSeconds: 2,
    persian: { title: "این نشست هنوز آماده نیست.", remedy: "این صفحه خودش دوباره نگاه می‌کند." },
  };
}

function ended({ state, message, reason }: SessionTarget): Refusal {
  const why = reason ?? message;
  return {
    status: 410,
    title: state === "stopping" ? "This session is ending." : "This session has ended.",
    remedy: `${why === "" ? "" : `${why} `}Start a new one in the portal.`,
    persian: {
      title: state === "stopping" ? "این نشست دارد پایان می‌یابد." : "این نشست پایان یافته است.",
      remedy: `${endInPersian(why)} نشست تازه‌ای را در پورتال شروع کنید.`.trim(),
    },
  };
}

function elsewhere(nodeId: string): Refusal {
  return {
    status: 503,
    title: `This session runs on the host ${nodeId}.`,
    remedy: "This server can't reach it: ask the operator to route the session's address there.",
    persian: {
      title: `این نشست روی میزبان ${nodeId} اجرا می‌شود.`,
      remedy: "این سرور به آن دسترسی ندارد؛ از گردانندهٔ سامانه بخواهید نشانی نشست را به آنجا هدایت کند.",
    },
  };
}
