// Signs and checks requests with the carrier's own Node library, and lists its voices (tests/twilio/official_libraries.rs).
// Runs from target/official, where dev/official installs the library.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "target/official/package.json"));
const twilio = require("twilio");
const { getExpectedTwilioSignature } = require("twilio/lib/webhooks/webhooks");

// A name with one value is a string, with several an array, as body parsers make it.
const fields = (form) => {
  const made = Object.create(null);
  for (const [name, value] of form) {
    if (!(name in made)) made[name] = value;
    else made[name] = [].concat(made[name], value);
  }
  return made;
};

const sign = ({ token, url, form }) => getExpectedTwilioSignature(token, url, fields(form));

const check = ({ token, url, form, signature }) => twilio.validateRequest(token, signature, url, fields(form));

// Only the type declarations list the voices.
const listed = (type) => {
  const types = readFileSync(require.resolve("twilio/lib/twiml/VoiceResponse.d.ts"), "utf8");
  const line = types.match(new RegExp(`type ${type} = ([^;]*);`));
  return [...line[1].matchAll(/"([^"]*)"/g)].map((match) => match[1]);
};

const work = { sign, check, listed }[process.argv[2]];
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(work)));
