// The terminal at a session's own origin. Runs in the browser; speaks tty-protocol.ts.
import { FitAddon } from "./addon-fit.mjs";
import { Terminal } from "./xterm.mjs";

const terminal = new Terminal({
  fontFamily: "'JetBrains Mono', ui-monospace, monospace",
  fontSize: 14,
  screenReaderMode: true,
  theme: { background: "#14171C", foreground: "#E8EAED", cursor: "#4FB3D1" },
});
const fit = new FitAddon();
const notice = document.getElementById("notice");
const encoder = new TextEncoder();
let socket = null;
let replayLeft = 0;
let ended = false;
let wait = 250;

terminal.loadAddon(fit);
terminal.open(document.getElementById("terminal"));
terminal.onData((text) => type(encoder.encode(text)));
terminal.onBinary((text) => type(Uint8Array.from(text, (c) => c.charCodeAt(0))));
new ResizeObserver(sendSize).observe(document.body);
connect();
terminal.focus();

function connect() {
  const url = new URL("./tty", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    wait = 250;
    notice.hidden = true;
    sendSize();
  };
  socket.onmessage = ({ data }) => (typeof data === "string" ? control(JSON.parse(data)) : show(data));
  socket.onclose = () => {
    if (ended) return;
    say("The connection was lost. Trying again …");
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 5000);
  };
}

function show(data) {
  const bytes = new Uint8Array(data);
  terminal.write(bytes, () => {
    replayLeft = Math.max(0, replayLeft - bytes.length);
    send(JSON.stringify({ type: "ack", bytes: bytes.length }));
  });
}

function control(frame) {
  if (frame.type === "hello" || frame.type === "resync") {
    terminal.reset();
    replayLeft = frame.replay;
  }
  if (frame.type === "size") terminal.resize(frame.cols, frame.rows);
  if (frame.type === "exit") {
    ended = true;
    say(
      frame.status === null
        ? `The session has ended (${frame.signal ?? frame.cause}).`
        : `The session has ended with status ${frame.status}.`,
    );
  }
}

// What a program asked the terminal in output that is only repeated has been answered long ago.
function type(bytes) {
  if (replayLeft === 0) send(bytes);
}

function sendSize() {
  const size = fit.proposeDimensions();
  if (size?.cols > 0 && size?.rows > 0) {
    terminal.resize(size.cols, size.rows);
    send(JSON.stringify({ type: "resize", cols: size.cols, rows: size.rows }));
  }
}

function send(frame) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(frame);
}

function say(text) {
  notice.textContent = text;
  notice.hidden = false;
}
