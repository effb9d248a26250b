// OpenAI's client against a running server with the reciting model (tests/it/recital.rs):
// `OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=emt_... node openai.mjs`.

import OpenAI from "openai";
import { check, end, is } from "./checks.mjs";

const client = new OpenAI();
const MODEL = "recital";
const ENCODER = "electromart-encoder";
const NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const TEXT = `{"numbers": [${NUMBERS.map((word) => `"${word}"`).join(", ")}]}`;

function ask(fields = {}) {
  return client.chat.completions.create({ model: MODEL, temperature: 0, messages: [{ role: "user", content: "hello" }], ...fields });
}

/** The refusal a request ends in. */
async function refused(request) {
  try {
    await request;
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

await check("models are listed", async () => {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  is(names, [MODEL, ENCODER], "names");
  is((await client.models.retrieve(MODEL)).object, "model", "object");
});

await check("a completion, whole", async () => {
  const answer = await ask();
  is(answer.choices[0].message, { role: "assistant", content: TEXT, refusal: null }, "message");
  is([answer.choices[0].finish_reason, answer.usage.completion_tokens], ["stop", 11], "end");
  is(typeof answer._request_id, "string", "request id");
});

await check("a completion, streamed, with usage", async () => {
  let text = "";
  let usage = null;
  let reason = null;
  let pieces = 0;
  for await (const chunk of await ask({ stream: true, stream_options: { include_usage: true } })) {
    text += chunk.choices[0]?.delta.content ?? "";
    pieces += chunk.choices[0]?.delta.content ? 1 : 0;
    reason = chunk.choices[0]?.finish_reason ?? reason;
    usage = chunk.usage ?? usage;
  }
  is([text, reason, usage?.completion_tokens], [TEXT, "stop", 11], "stream");
  if (pieces < 5) throw new Error(`it came in ${pieces} pieces`);
});

await check("the helper that gathers a stream", async () => {
  const stream = client.chat.completions.stream({ model: MODEL, temperature: 0, messages: [{ role: "user", content: "hello" }] });
  is(await stream.finalContent(), TEXT, "content");
});

await check("stop and length", async () => {
  const stopped = await ask({ stop: [", \"three\"", "never"] });
  is([stopped.choices[0].message.content, stopped.choices[0].finish_reason], ['{"numbers": ["one", "two"', "stop"], "stop");
  const cut = await ask({ max_completion_tokens: 2 });
  is([cut.choices[0].message.content, cut.choices[0].finish_reason], ['{"numbers": ["one"', "length"], "length");
});

await check("the same seed says the same", async () => {
  const say = async (seed) => (await ask({ seed, temperature: 1.2, max_tokens: 40 })).choices[0].message.content;
  const [first, again, other] = [await say(1), await say(1), await say(2)];
  is(first, again, "the same seed");
  if (first === other) throw new Error("another seed says the same");
});

await check("response_format", async () => {
  const free = await ask({ response_format: { type: "json_object" } });
  is(JSON.parse(free.choices[0].message.content), { numbers: NUMBERS }, "json_object");
  const schema = { type: "object", properties: { size: { enum: ["small"] } }, required: ["size"], additionalProperties: false };
  const strict = await ask({ response_format: { type: "json_schema", json_schema: { name: "sizes", strict: true, schema } } });
  is(JSON.parse(strict.choices[0].message.content), { size: "small" }, "json_schema");
});

await check("a stream that is left", async () => {
  const stream = await ask({ stream: true, temperature: 2 });
  for await (const _ of stream) break;
  is((await ask({ max_tokens: 1 })).choices[0].finish_reason, "length", "the next one");
});

await check("embeddings, packed and plain", async () => {
  const input = ["a cheap laptop", "my parcel is late"];
  const packed = await client.embeddings.create({ model: ENCODER, input });
  const plain = await client.embeddings.create({ model: ENCODER, input, encoding_format: "float" });
  is(packed.data.map((one) => one.embedding.length), [384, 384], "length");
  const apart = Math.max(...packed.data.flatMap((one, i) => one.embedding.map((x, j) => Math.abs(x - plain.data[i].embedding[j]))));
  if (!(apart < 1e-6)) throw new Error(`they are apart by ${apart}`);
});

await check("errors are the client's own", async () => {
  const unknown = await refused(ask({ model: "gpt-4o" }));
  is([unknown instanceof OpenAI.NotFoundError, unknown.code, unknown.param], [true, "model_not_found", "model"], "unknown model");
  const tools = await refused(ask({ tools: [{ type: "function", function: { name: "f", parameters: {} } }] }));
  is([tools instanceof OpenAI.BadRequestError, tools.param], [true, "tools"], "tools");
  const stranger = new OpenAI({ apiKey: "sk-nobody" });
  const key = await refused(stranger.models.list());
  is([key instanceof OpenAI.AuthenticationError, key.code], [true, "invalid_api_key"], "key");
});

end("openai");
