// A mail server on this machine. Its rules are the JSON in its first argument; it writes its port, and then one line of
// JSON for each message that it has read, as a mail program reads it.
//
// security: "none", "starttls" or "tls". key, cert: PEM. user, password: whom it lets in; without them nobody logs in.
// replies: what it says to an address or to a domain, such as [550, "5.7.1 policy"]. port: which port. refuses: "address" or "message" for good, "later" until it is tried again, "answer" not to answer,
// "silence" to keep the connection and say nothing.
import { createRequire } from "node:module";

const require = createRequire(new URL("../../target/mail/", import.meta.url));
const { SMTPServer } = require("smtp-server");
const { simpleParser } = require("mailparser");

const rules = JSON.parse(process.argv[2]);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const refusal = (code, words) => Object.assign(new Error(words), { responseCode: code });
let tries = 0;

const server = new SMTPServer({
    secure: rules.security === "tls",
    key: rules.key,
    cert: rules.cert,
    hideSTARTTLS: rules.security !== "starttls",
    disabledCommands: rules.user ? [] : ["AUTH"],
    allowInsecureAuth: rules.security === "none",
    logger: false,
    // Its words are those of the rules.
    hideENHANCEDSTATUSCODES: true,
    onAuth(given, session, done) {
        const right = given.username === rules.user && given.password === rules.password;
        say({ log_in: right, encrypted: session.secure });
        return right ? done(null, { user: given.username }) : done(refusal(535, "no such user"));
    },
    onRcptTo(address, session, done) {
        tries += 1;
        const reply = rules.replies?.[address.address] ?? rules.replies?.[address.address.split("@").pop()];
        if (reply) return done(refusal(...reply));
        if (rules.refuses === "address") return done(refusal(550, `no such mailbox: ${address.address}`));
        if (rules.refuses === "later" && tries === 1) return done(refusal(451, "greylisted"));
        return done();
    },
    async onData(stream, session, done) {
        const mail = await simpleParser(stream);
        say({
            from: mail.from.text,
            to: mail.to.text,
            recipients: session.envelope.rcptTo.map((recipient) => recipient.address),
            subject: mail.subject,
            text: mail.text,
            id: mail.messageId,
            date: mail.date.toISOString(),
            headers: [...mail.headers.keys()].sort(),
            list: mail.headers.get("list") ?? null,
            user: session.user ?? null,
            encrypted: session.secure,
        });
        if (rules.refuses === "silence") return;
        if (rules.refuses === "message") return done(refusal(554, "no"));
        if (rules.refuses === "answer") return server.connections.forEach((connection) => connection._socket.destroy());
        return done();
    },
});
// A client that doesn't trust the certificate goes away.
server.on("error", () => {});
server.listen(rules.port ?? 0, "127.0.0.1", () => say({ port: server.server.address().port }));
