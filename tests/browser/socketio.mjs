// A stock socket.io-client against a running server: `ELECTROMART_URL=http://127.0.0.1:8080 node socketio.mjs`.

import { io } from "socket.io-client";
import { check, end, is } from "./checks.mjs";

const url = process.env.ELECTROMART_URL ?? "http://127.0.0.1:8080";
const PATIENCE = 15_000;

/** Waits for an event of a socket. */
function once(socket, name) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${name} within ${PATIENCE} ms`)), PATIENCE);
    socket.once(name, (body) => {
      clearTimeout(timer);
      resolve(body);
    });
  });
}

function connect(options = {}) {
  return io(url, { reconnection: false, forceNew: true, ...options });
}

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  await check(`the plain client over ${transports.join(" then ")}`, async () => {
    const socket = connect({ transports });
    const session = await once(socket, "session");
    is(typeof session.token, "string", "token");
    socket.emit("user_message", { text: "hello" });
    const reply = await once(socket, "agent_message");
    is(reply.agent, "general", "agent");
    socket.emit("user_message", { message: "show me monitors" });
    is((await once(socket, "agent_message")).agent, "sales", "agent");
    socket.close();
  });
}

await check("callbacks are called once, with the acknowledgement or the error", async () => {
  const socket = connect();
  await once(socket, "session");
  const ack = await socket.timeout(PATIENCE).emitWithAck("user_message", { text: "hello", client_message_id: "one" });
  is(ack.client_message_id, "one", "client_message_id");
  is(ack.seq, 1, "seq");
  const again = await socket.timeout(PATIENCE).emitWithAck("user_message", { text: "hello", client_message_id: "one" });
  is(again.duplicate, true, "duplicate");
  is(again.message_id, ack.message_id, "message_id");
  for (const bad of [{ text: "" }, { text: "x".repeat(1001) }, {}, { text: 5 }, [1]]) {
    const answer = await socket.timeout(PATIENCE).emitWithAck("user_message", bad);
    is(answer.error?.code, "invalid_message", JSON.stringify(bad).slice(0, 40));
  }
  is((await socket.timeout(PATIENCE).emitWithAck("nonsense", {})).error?.code, "invalid_message", "unknown event");
  is((await socket.timeout(PATIENCE).emitWithAck("typing", {})).error, undefined, "typing");
  socket.close();
});

await check("a session is resumed in the handshake, without loss or repeats", async () => {
  const first = connect();
  const session = await once(first, "session");
  for (const text of ["hello", "show me headphones"]) {
    first.emit("user_message", { text });
    await once(first, "agent_message");
  }
  first.close();
  const second = connect({ auth: { session_id: session.session_id, token: session.token, last_seq: 1 } });
  const seen = [];
  second.onAny((name, body) => body?.seq && name !== "ack" && seen.push(body.seq));
  const granted = await once(second, "session");
  await new Promise((resolve) => setTimeout(resolve, 300));
  const expected = Array.from({ length: granted.last_seq - 1 }, (_, i) => i + 2);
  is(JSON.stringify(seen), JSON.stringify(expected), "sequence numbers");
  second.close();
});

await check("a bad session is refused with its code", async () => {
  for (const [auth, code] of [
    [{ session_id: "nope-nope-nope", token: "x" }, "invalid_session"],
    [{ session_id: "nope-nope-nope" }, "unauthorized"],
  ]) {
    const socket = connect({ auth });
    const error = await once(socket, "connect_error");
    is(error.data?.code, code, "code");
    socket.close();
  }
});

await check("another namespace is refused", async () => {
  const socket = io(`${url}/admin`, { reconnection: false, forceNew: true });
  const error = await once(socket, "connect_error");
  is(error.data?.code, "not_found", "code");
  socket.close();
});

await check("binary gets an error and the connection goes on", async () => {
  const socket = connect({ transports: ["websocket"] });
  await once(socket, "session");
  socket.emit("user_message", { text: Buffer.from([1, 2, 3]) });
  is((await once(socket, "error")).code, "invalid_message", "code");
  socket.emit("user_message", { text: "hello" });
  await once(socket, "agent_message");
  socket.close();
});

await check("a packet that is too large ends only its own connection", async () => {
  const large = connect({ transports: ["websocket"] });
  const other = connect({ transports: ["websocket"] });
  await Promise.all([once(large, "session"), once(other, "session")]);
  large.emit("user_message", { text: "x".repeat(70_000) });
  await once(large, "disconnect");
  other.emit("user_message", { text: "hello" });
  await once(other, "agent_message");
  other.close();
});

end("socket.io-client");
