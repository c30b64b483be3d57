// Sends one message with the Anthropic SDK for TypeScript and says how it went, as one line of JSON.
const { createRequire } = require("node:module");
const path = require("node:path");
const Anthropic = createRequire(path.join(process.argv[2], "index.js"))("@anthropic-ai/sdk");

async function main() {
  const result = { base_url: null, error: null };
  try {
    const client = new Anthropic({ maxRetries: 0, timeout: 10_000 });
    result.base_url = client.baseURL;
    if (client.baseURL.includes("api.anthropic.com")) {
      client.baseURL = process.env.OBSERVE_SERVER; // the request stays on this machine
    }
    await client.messages.create({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "hi" }] });
  } catch (error) {
    result.error = error.constructor.name;
  }
  process.stdout.write(JSON.stringify(result));
}
main();
