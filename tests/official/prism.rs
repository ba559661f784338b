//! Twilio's own OpenAPI document, served by Prism or checked by it in front of a server: independent software judges
//! our requests and our fake carrier's replies. dev/official installs both. Prism accesses nothing except what it is
//! given.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

const DOCUMENT: &str = "node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json";
const PROGRAM: &str = "node_modules/@stoplight/prism-cli/dist/index.js";
/// The paths that we request.
pub const CALLS: &str = "/2010-04-01/Accounts/{AccountSid}/Calls.json";
pub const CALL: &str = "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json";
pub const MESSAGES: &str = "/2010-04-01/Accounts/{AccountSid}/Messages.json";
pub const BALANCE: &str = "/2010-04-01/Accounts/{AccountSid}/Balance.json";
const ASKED: [&str; 4] = [CALLS, CALL, MESSAGES, BALANCE];

const FORM: &str = "application/x-www-form-urlencoded";

/// Prism, running until it is dropped.
pub struct Prism {
    child: Child,
    document: Value,
    _copy: tempfile::TempDir,
    pub address: String,
}

impl Prism {
    /// Answers requests with the document's examples, and refuses invalid ones.
    pub fn mock() -> Self {
        Self::start("mock", &[])
    }

    /// Forwards to a server, and replaces each invalid reply by an error.
    pub fn before(server: &str) -> Self {
        Self::start("proxy", &[server])
    }

    fn start(work: &str, more: &[&str]) -> Self {
        let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/official");
        let program = installed.join(PROGRAM);
        assert!(program.exists(), "Prism isn't installed in target/official: run dev/setup");
        let folder = tempfile::tempdir().expect("a folder");
        let document = local_copy(&installed.join(DOCUMENT));
        let copy = folder.path().join("twilio.json");
        std::fs::write(&copy, document.to_string()).expect("a local copy");
        let mut child = Command::new("node")
            .arg(program)
            .args([work, "--errors", "--host", "127.0.0.1", "--port", "0"])
            .arg(copy)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert_ne!(output.read_line(&mut line).expect("its output"), 0, "Prism ended before it listened");
            if let Some((_, address)) = line.trim().split_once("Prism is listening on ") {
                break address.to_owned();
            }
        };
        // It logs every request, and would block if its output weren't read.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Self { child, document, _copy: folder, address }
    }

    /// The document's names in the query of a GET or the form of a POST. Prism ignores other names in a request, so a
    /// misspelt one must be detected here.
    pub fn names(&self, path: &str, method: &str) -> BTreeSet<String> {
        let asked = &self.document["paths"][path][method];
        let form = asked["requestBody"]["content"][FORM]["schema"]["properties"].as_object();
        let query = asked["parameters"].as_array();
        let query = query.into_iter().flatten().map(|parameter| parameter["name"].as_str().expect("a name").to_owned());
        form.into_iter().flat_map(|form| form.keys().cloned()).chain(query).collect()
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// The document with the paths that we request, and three changes:
/// - A repeated form field (`StatusCallbackEvent`) is an array, which Prism doesn't read from a form. It becomes a
///   string.
/// - The pages of a list have the format `uri`, although the document's own example has paths. They become
///   references.
/// - A reply may have unlisted fields. They are forbidden, so that a misspelt one is reported.
fn local_copy(official: &Path) -> Value {
    let mut document: Value = serde_json::from_slice(&std::fs::read(official).expect("the document")).expect("JSON");
    let paths = document["paths"].as_object_mut().expect("paths");
    paths.retain(|path, _| ASKED.contains(&path.as_str()));
    assert_eq!(paths.len(), ASKED.len(), "the document has other paths");
    for path in paths.values_mut() {
        let form = &mut path["post"]["requestBody"]["content"][FORM]["schema"]["properties"];
        if let Some(event) = form.get_mut("StatusCallbackEvent") {
            *event = json!({ "type": "string" });
        }
        let list = &mut path["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        if let Some(properties) = list.get_mut("properties").and_then(Value::as_object_mut) {
            for (_, property) in properties.iter_mut().filter(|(_, property)| property["format"] == "uri") {
                property["format"] = json!("uri-reference");
            }
            close(list);
        }
    }
    for schema in ["api.v2010.account.call", "api.v2010.account.message"] {
        close(&mut document["components"]["schemas"][schema]);
    }
    document
}

fn close(schema: &mut Value) {
    assert!(schema["properties"].is_object(), "the document has another shape");
    schema["additionalProperties"] = json!(false);
}
