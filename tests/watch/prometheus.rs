//! A Prometheus of the test's own, on a folder and a port of its own, and its command line tool.

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::{checkout, read};

const START_TIME_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Whether Prometheus is there; where not, says which test is skipped.
pub fn is_installed(test: &str) -> bool {
    let answers = |program: &str| {
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    if answers("prometheus") && answers("promtool") {
        return true;
    }
    println!("skipped: {test} needs Debian's package prometheus (make prometheus installs it)");
    false
}

/// Runs `promtool` in the checkout, with this on its standard input; everything it said.
pub fn promtool(arguments: &[&str], input: &str) -> (bool, String) {
    let mut child = Command::new("promtool")
        .args(arguments)
        .current_dir(checkout(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool runs");
    child.stdin.take().expect("its input was asked for").write_all(input.as_bytes()).expect("promtool reads");
    let Output { status, stdout, stderr } = child.wait_with_output().expect("promtool ends");
    (status.success(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

/// Killed by its process id when dropped.
pub struct Prometheus {
    child: Child,
    home: TempDir,
    http: reqwest::Client,
    url: String,
}

impl Prometheus {
    /// With the example's configuration and the alerts as they are shipped, but for the address and a pace of a second.
    pub async fn start(engine_address: &str) -> Prometheus {
        let home = tempfile::tempdir().expect("a home for Prometheus");
        let shipped = read("config/prometheus/prometheus.yml");
        for wanted in ["scrape_interval: 15s", "evaluation_interval: 15s", "127.0.0.1:8080", "alerts.yml"] {
            assert!(shipped.contains(wanted), "wanted {wanted:?} in config/prometheus/prometheus.yml");
        }
        let configuration = shipped.replace(": 15s", ": 1s").replace("127.0.0.1:8080", engine_address);
        let write = |name: &str, text: &str| {
            std::fs::write(home.path().join(name), text).expect("writing into the home of Prometheus");
        };
        write("prometheus.yml", &configuration);
        write("alerts.yml", &read("config/prometheus/alerts.yml"));
        let address = free_address();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", home.path().join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", home.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(home.path().join("log")).expect("the log of Prometheus"))
            .spawn()
            .expect("Prometheus runs");
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let started = Prometheus { child, home, http, url: format!("http://{address}") };
        started.ready().await;
        started
    }

    async fn ready(&self) {
        let deadline = Instant::now() + START_TIME_MAX;
        while Instant::now() < deadline {
            let answer = self.http.get(format!("{}/-/ready", self.url)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        panic!("Prometheus was not ready within {START_TIME_MAX:?}:\n{}", log_of(self.home.path()));
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let url = reqwest::Url::parse_with_params(&format!("{}{path}", self.url), query).expect("an address");
        let answer = self.http.get(url).send().await.expect("Prometheus answers");
        let text = answer.text().await.expect("a whole answer");
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(answer["status"], "success", "{path} {query:?}: {text}");
        answer["data"].clone()
    }

    /// What an expression comes to now: the labels and the value of every series.
    pub async fn ask(&self, expression: &str) -> Vec<(Value, f64)> {
        let data = self.get("/api/v1/query", &[("query", expression)]).await;
        let series = data["result"].as_array().unwrap_or_else(|| panic!("{expression}: {data}"));
        let value = |one: &Value| one["value"][1].as_str().and_then(|text| text.parse().ok());
        let read =
            |one: &Value| (one["metric"].clone(), value(one).unwrap_or_else(|| panic!("a value: {one}")));
        series.iter().map(read).collect()
    }

    /// The alerts that fire or are about to.
    pub async fn alerts(&self) -> Vec<String> {
        let data = self.get("/api/v1/alerts", &[]).await;
        let alerts = data["alerts"].as_array().cloned().unwrap_or_default();
        let name = |alert: &Value| alert["labels"]["alertname"].as_str().unwrap_or_default().to_owned();
        alerts.iter().map(name).collect()
    }

    /// What it says of its targets and rules.
    pub async fn rules(&self) -> Vec<Value> {
        let data = self.get("/api/v1/rules", &[]).await;
        let groups = data["groups"].as_array().cloned().unwrap_or_default();
        groups.iter().flat_map(|group| group["rules"].as_array().cloned().unwrap_or_default()).collect()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- Prometheus' log ---\n{}", log_of(self.home.path()));
        }
    }
}

fn log_of(home: &Path) -> String {
    std::fs::read_to_string(home.join("log")).unwrap_or_default()
}

/// A port that was free a moment ago: Prometheus does not say which one it has picked.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").to_string()
}
