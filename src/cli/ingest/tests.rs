//! Feeding an engine that falters, played by a socket with a script.

use std::io::Write;

use clap::Parser;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What the engine does with one request.
#[derive(Clone, Copy)]
enum Act {
    HangUp,
    /// Reads the request and answers with a status and nothing of use.
    Answer(u16),
    /// One outcome for every line: `unavailable` where the line contains the word, else `charged`.
    Take,
    TakeBut(&'static str),
    CutOff,
}

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: IngestArgs,
}

/// Feeds `events` to an engine that does `acts` in turn, then takes everything.
/// Answers how it ended and, for every request that was read, its lines.
fn feed_through(acts: &[Act], events: &str, options: &str) -> (Result<Value, String>, Vec<Vec<String>>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(events.as_bytes()).unwrap();
    let ended = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Rc::new(RefCell::new(Vec::new()));
        let path = file.path().to_str().unwrap();
        let words = ["ingest", path, "--url", &url, "--key", "k", "--connections", "1"];
        let args = Line::parse_from(words.into_iter().chain(options.split_whitespace())).args;
        let client = Client::new(&args.connection).unwrap();
        let tally = Rc::new(RefCell::new(Tally::new(10, None).unwrap()));
        let (input, _) = open(&args.file).unwrap();
        let progress = ProgressBar::hidden();
        let feed = feed(&args, &client, input, &progress, &tally);
        let fed = tokio::select! {
            fed = feed => fed,
            () = play(listener, acts, Rc::clone(&requests)) => unreachable!("the engine never ends"),
        };
        let document = tally.borrow().document(0, fed.is_ok());
        (fed.map(|()| document).map_err(|failure| failure.to_string()), requests.take())
    });
    runtime.shutdown_background();
    ended
}

async fn play(listener: TcpListener, acts: &[Act], requests: Rc<RefCell<Vec<Vec<String>>>>) {
    let mut acts = acts.iter().copied();
    loop {
        let (mut socket, _) = listener.accept().await.unwrap();
        // One request a connection: the client has to come back for each.
        let act = acts.next().unwrap_or(Act::Take);
        if matches!(act, Act::HangUp) {
            continue;
        }
        let lines = read_request(&mut socket).await;
        let body = match act {
            Act::Take | Act::CutOff => results(&lines, None),
            Act::TakeBut(word) => results(&lines, Some(word)),
            Act::Answer(_) | Act::HangUp => "{}".to_owned(),
        };
        requests.borrow_mut().push(lines);
        let status = if let Act::Answer(status) = act { status } else { 200 };
        let length = body.len() + if matches!(act, Act::CutOff) { 9 } else { 0 };
        let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        socket.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    }
}

async fn read_request(socket: &mut TcpStream) -> Vec<String> {
    let mut request = String::new();
    let mut piece = [0; 4_096];
    loop {
        let read = socket.read(&mut piece).await.unwrap();
        request += std::str::from_utf8(&piece[..read]).unwrap();
        let Some((head, body)) = request.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
        if body.len() >= length.parse::<usize>().unwrap() {
            assert!(
                head.starts_with("post /v1/events ") && head.contains("authorization: bearer k"),
                "{head}"
            );
            return body.lines().map(str::to_owned).collect();
        }
    }
}

fn results(lines: &[String], unavailable: Option<&str>) -> String {
    let outcome = |line: &String| match unavailable {
        Some(word) if line.contains(word) => "unavailable",
        _ => "charged",
    };
    let results: Vec<Value> =
        (1..).zip(lines).map(|(number, line)| json!({"line": number, "outcome": outcome(line)})).collect();
    json!({"results": results}).to_string()
}

#[test]
fn a_request_is_sent_again_until_it_is_answered() {
    for act in [Act::HangUp, Act::Answer(429), Act::Answer(503), Act::Answer(502), Act::CutOff] {
        let (ended, requests) = feed_through(&[act, act, Act::Take], "a\nb\n", "");
        let document = ended.unwrap();
        assert_eq!((&document["charged"], &document["retries"]), (&json!(2), &json!(2)));
        assert!(requests.iter().all(|lines| lines == &["a", "b"]), "always the same request: {requests:?}");
    }
}

#[test]
fn the_next_request_waits_for_the_one_before() {
    let acts = [Act::Take, Act::Answer(503), Act::Take];
    let (ended, requests) = feed_through(&acts, "a\nb\n\nc\nd\ne\n", "--batch 2");
    assert_eq!(ended.unwrap()["charged"], 5);
    assert_eq!(requests, [vec!["a", "b"], vec!["c", "d"], vec!["c", "d"], vec!["e"]]);
}

#[test]
fn lines_that_were_unavailable_alone_are_sent_again() {
    let acts = [Act::TakeBut("b"), Act::TakeBut("b"), Act::Take];
    let (ended, requests) = feed_through(&acts, "a\nb1\nc\nb2\n", "");
    let document = ended.unwrap();
    assert_eq!((&document["charged"], &document["unavailable"]), (&json!(4), &json!(0)));
    assert_eq!(requests, [vec!["a", "b1", "c", "b2"], vec!["b1", "b2"], vec!["b1", "b2"]]);
}

#[test]
fn lines_that_stay_unavailable_do_not_hold_up_the_others() {
    let (ended, _) = feed_through(&[Act::TakeBut("b"); 6], "a\nb\nc\n", "--batch 2");
    let document = ended.unwrap();
    assert_eq!((&document["charged"], &document["unavailable"]), (&json!(2), &json!(1)));
}

#[test]
fn what_will_not_change_ends_the_feeding_at_once() {
    for status in [400, 401, 403, 413, 500] {
        let (ended, requests) = feed_through(&[Act::Answer(status)], "a\n", "");
        assert!(ended.unwrap_err().contains(&status.to_string()), "{status} is told");
        assert_eq!(requests.len(), 1, "{status} is not sent again");
    }
}

#[test]
fn an_engine_that_stays_away_is_given_up_and_the_line_is_told() {
    let (ended, _) = feed_through(&[Act::Answer(503); 50], "\n\na\n", "--retry-for 0");
    let said = ended.unwrap_err();
    assert!(said.contains("gave up after 0 s at line 3"), "{said}");
}
