//! The documented nginx example, really executed: TLS in front of the program, a carrier that calls through it, and
//! strangers who reach nothing else.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use hyper::StatusCode;
use kenkocall::carrier::twilio::SigningKey;
use secrecy::SecretString;

use super::http_client::{PUBLIC_URL, TOKEN, form};
use super::server::{TestServer, house};

/// The name in [`PUBLIC_URL`].
const HOST: &str = "kenko.example";

/// A running nginx, which ends with the test.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker processes end with it.
        let _asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _reaped = self.0.wait();
    }
}

/// The example with a certificate and ports of the test's own.
fn example(folder: &Path, public: SocketAddr, line: &str) -> String {
    let example = std::fs::read_to_string(house().join("docs/proxy/nginx.conf")).unwrap();
    let folder = folder.display();
    let mut edited = example;
    for (from, to) in [
        ("listen 443 ssl;", format!("listen {public} ssl;")),
        ("listen [::]:443 ssl;", String::new()),
        ("server_name calls.example.jp;", format!("server_name {HOST};")),
        ("/etc/ssl/calls.example.jp/fullchain.pem", format!("{folder}/cert.pem")),
        ("/etc/ssl/calls.example.jp/privkey.pem", format!("{folder}/key.pem")),
        ("server 127.0.0.1:8080;", format!("server {line};")),
    ] {
        assert_eq!(edited.matches(from).count(), 1, "{from}");
        edited = edited.replace(from, &to);
    }
    let own = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let own: String = own.map(|kind| format!("{kind}_temp_path {folder}/{kind};\n")).concat();
    format!(
        "daemon off;\nuser root;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{own}{edited}}}\n"
    )
}

fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=kenko.example"])
        .args([
            "-addext",
            "subjectAltName=DNS:kenko.example",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status()
        .expect("openssl; dev/setup installs it");
    assert!(made.success());
}

/// The program behind nginx, and a client that trusts its certificate.
struct Proxied {
    client: reqwest::Client,
    public: SocketAddr,
    _nginx: Nginx,
    _line: TestServer,
    _folder: tempfile::TempDir,
}

async fn proxied() -> Proxied {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    let database = format!("sqlite://{}", folder.path().join("one.db").display());
    let line = TestServer::start(&database, &[("SERVER__TRUSTED_PROXIES", "127.0.0.1")]);
    let public = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let written = folder.path().join("nginx.conf");
    std::fs::write(&written, example(folder.path(), public, &line.carrier.address())).unwrap();
    let nginx = |more: &[&str]| {
        let mut command = Command::new("nginx");
        command.arg("-c").arg(&written).args(["-e", "stderr"]).args(more).current_dir(folder.path());
        command
    };
    let checked = nginx(&["-t"]).output().expect("nginx; dev/setup installs it");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let nginx = Nginx(nginx(&[]).spawn().unwrap());
    while tokio::net::TcpStream::connect(public).await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // Only the first installation takes effect; both are the same.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let certificate = std::fs::read(folder.path().join("cert.pem")).unwrap();
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&certificate).unwrap()])
        .resolve(HOST, public)
        .no_proxy()
        .build()
        .unwrap();
    Proxied { client, public, _nginx: nginx, _line: line, _folder: folder }
}

#[tokio::test]
async fn the_documented_nginx_passes_the_carrier_staff_and_patients_and_nobody_else() {
    let proxied = proxied().await;
    let carrier = &proxied.client;
    let key = SigningKey::new(&SecretString::from(TOKEN)).unwrap();
    let fields = [
        ("AccountSid", "AC00000000000000000000000000000000"),
        ("CallSid", "CA00000000000000000000000000000001"),
        ("From", "+818055550123"),
        ("To", "+815031980214"),
        ("CallStatus", "ringing"),
    ];
    let post = |path: &str, signature: Option<String>| {
        let request = carrier.post([PUBLIC_URL, path].concat());
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form(&fields));
        match signature {
            Some(signature) => request.header("x-twilio-signature", signature),
            None => request,
        }
        .send()
    };
    // Passed unchanged: the signature covers the path and query as the carrier sent them.
    for path in ["/twilio/voice/health-call", "/twilio/voice/health-call?a=%2F%e3%81%82&b=1+2&&c"] {
        let answer = post(path, Some(key.sign(&[PUBLIC_URL, path].concat(), &fields))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert!(answer.text().await.unwrap().contains("<Response>"), "{path}");
    }
    assert_eq!(post("/twilio/voice/health-call", None).await.unwrap().status(), StatusCode::FORBIDDEN);
    for path in [
        "/",
        "/metrics",
        "/readyz",
        "/healthz",
        "/twilio/../metrics",
        "/console/../metrics",
        "/portals",
        "/portal/../metrics",
    ] {
        let answer = carrier.get([PUBLIC_URL, path].concat()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text().await.unwrap().contains("kenkocall_"), "{path}");
    }
    // Staff reach the console, which checks that the name is its own.
    let console = carrier.get([PUBLIC_URL, "/console/log-in"].concat()).send().await.unwrap();
    assert_eq!(console.status(), StatusCode::OK);
    assert!(console.text().await.unwrap().contains("ログイン"));
    // Patients reach the portal, also by the short addresses.
    for (path, says) in [("/portal/log-in", "ログイン"), ("/help", "ヘルプ"), ("/verify", "療養証明書")] {
        let page = carrier.get([PUBLIC_URL, path].concat()).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert!(page.text().await.unwrap().contains(says), "{path}");
    }
    let large = carrier.post([PUBLIC_URL, "/twilio/voice/health-call"].concat()).body(vec![b'x'; 70_000]);
    assert_eq!(large.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

/// Phones of 2016 speak TLS 1.2 at most (issue 16). Older versions are refused.
#[tokio::test]
async fn the_documented_nginx_speaks_tls_1_2_and_nothing_older() {
    let proxied = proxied().await;
    for (version, is_spoken) in [("-tls1_3", true), ("-tls1_2", true), ("-tls1_1", false)] {
        let mut client = Command::new("openssl");
        client.args(["s_client", version, "-connect", &proxied.public.to_string(), "-servername", HOST, "-brief"]);
        // Without it Debian's openssl offers nothing older by itself.
        client.args(["-cipher", "DEFAULT@SECLEVEL=0"]);
        let said = client.stdin(Stdio::null()).output().expect("openssl; dev/setup installs it");
        let said = [said.stdout, said.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert_eq!(said.contains("CONNECTION ESTABLISHED"), is_spoken, "{version}: {said}");
    }
}
