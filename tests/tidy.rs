//! The rules of the house, held over every source file: who may import whom, where a vendor's crate may be
//! named, where clocks, randomness and floating point may not be, headers, lengths, leftovers.
//!
//! An ordinary test without dependencies. Every rule has a sample beside it that it must catch.

use std::fs;
use std::path::{Path, PathBuf};

/// The floors of `src/`, lower ones first; a file may name its own floor and those below.
const FLOORS: [&[&str]; 7] = [
    &["domain"],
    &["journal"],
    &["store"],
    &["engine"],
    &["actors"],
    &["ingest", "payments", "usage", "webhooks", "effects", "http"],
    &["cli", "logging", "outside", "serve", "verify", "main", "lib"],
];
/// Whoever stands above the rules may name these; they themselves name only each other and the rules.
const LEAVES: [&str; 4] = ["clock", "config", "metrics", "tariff_file"];

/// Crates that may be named in some places only.
const ROOMS: [(&str, &[&str]); 5] = [
    ("rocksdb", &["src/journal", "src/store"]),
    ("actix", &["src/actors"]),
    ("actix_rt", &["src/actors", "src/serve.rs", "src/main.rs"]),
    ("actix_web", &["src/http"]),
    ("getrandom", &["src/clock.rs"]),
];

/// What asks the machine for time or chance.
const AMBIENT: [&str; 6] =
    ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "thread_rng", "rand"];

/// Where amounts are decided, kept or added up.
const OF_MONEY: [&str; 6] =
    ["src/domain", "src/tariff_file", "src/engine", "src/journal", "src/store", "src/usage"];

/// What knows the server from outside only.
const BLACK_BOXES: [&str; 8] = [
    "loadtest",
    "tests/binary",
    "tests/crash",
    "tests/lifecycle",
    "tests/payments",
    "tests/support",
    "tests/usage",
    "tests/year",
];

const LINES_MAX: usize = 500;
const LEFTOVERS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];

/// A file, and its code without comments and texts.
struct Source {
    path: String,
    text: String,
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned(), code: code_of(text) }
    }

    fn is_in(&self, rooms: &[&str]) -> bool {
        rooms.iter().any(|room| {
            let rest = self.path.strip_prefix(room);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
        })
    }

    /// `src/engine/batch.rs` is the modules `engine` and `batch`.
    fn modules(&self) -> Vec<&str> {
        let path = self.path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs"));
        path.map(|path| path.strip_suffix("/mod").unwrap_or(path).split('/').collect()).unwrap_or_default()
    }
}

type Rule = fn(&Source) -> Vec<String>;

const RULES: [Rule; 8] =
    [direction, rooms, ambient, floating_point, unbounded_sends, header, length_and_leftovers, black_box];

fn problems(source: &Source) -> Vec<String> {
    let found = RULES.iter().flat_map(|rule| rule(source));
    found.map(|problem| format!("{}: {problem}", source.path)).collect()
}

fn direction(source: &Source) -> Vec<String> {
    let modules = source.modules();
    let Some(own) = modules.first() else { return Vec::new() };
    if !FLOORS.concat().contains(own) && !LEAVES.contains(own) {
        return vec![format!("`{own}` stands on no floor: give it one in tests/tidy.rs and ARCHITECTURE.md")];
    }
    let named = named_modules(&source.code, modules.len());
    let wrong = named.into_iter().filter(|name| !may_name(own, name));
    wrong.map(|name| format!("`{own}` may not use `{name}`: it stands above or beside it")).collect()
}

fn may_name(own: &str, named: &str) -> bool {
    let floor = |name: &str| FLOORS.iter().position(|floor| floor.contains(&name));
    let is_leaf = |name: &str| LEAVES.contains(&name);
    match (floor(own), floor(named)) {
        (_, None) => !is_leaf(named) || own != "domain",
        (None, Some(named)) => !is_leaf(own) || named == 0,
        // Neighbours use each other's doors; what is behind a door is private to its folder.
        (Some(own), Some(named)) => named <= own,
    }
}

/// The top modules that a file names, by `crate::` or by as many `super::` as lead to the root.
fn named_modules(code: &str, depth: usize) -> Vec<String> {
    let root = ["crate::".to_owned(), "super::".repeat(depth)];
    let mut named = Vec::new();
    for (at, _) in code.char_indices() {
        let starts_word = !code[..at].ends_with(|before: char| is_word(before) || before == ':');
        let Some(root) = root.iter().find(|root| starts_word && code[at..].starts_with(root.as_str())) else {
            continue;
        };
        let rest = &code[at + root.len()..];
        match rest.strip_prefix('{') {
            Some(group) => named.extend(first_words_of_group(group)),
            None => named.push(first_word(rest)),
        }
    }
    named.retain(|name| !name.is_empty());
    named
}

/// Of `a::b, c::{d, e}}` it is `a` and `c`.
fn first_words_of_group(group: &str) -> Vec<String> {
    let mut words = vec![first_word(group)];
    let mut depth = 0;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => words.push(first_word(&group[at + 1..])),
            _ => {}
        }
    }
    words
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|character| is_word(*character)).collect()
}

fn rooms(source: &Source) -> Vec<String> {
    if !source.path.starts_with("src/") {
        return Vec::new();
    }
    let outside =
        ROOMS.iter().filter(|(vendor, rooms)| names_crate(&source.code, vendor) && !source.is_in(rooms));
    outside
        .map(|(vendor, rooms)| format!("`{vendor}` may be named in {} only", rooms.join(" and ")))
        .collect()
}

fn names_crate(code: &str, name: &str) -> bool {
    // `a::rand::b` is somebody's module, `::rand::b` and `rand::b` are the crate.
    let is_module = |before: &str| before.strip_suffix("::").is_some_and(|before| before.ends_with(is_word));
    words(code, name)
        .any(|(before, after)| (after.starts_with("::") && !is_module(before)) || before.ends_with("use "))
}

fn ambient(source: &Source) -> Vec<String> {
    if !source.path.starts_with("src/") || source.path == "src/clock.rs" {
        return Vec::new();
    }
    let asks = |name: &&&str| match **name {
        "rand" => names_crate(&source.code, "rand"),
        name => words(&source.code, name).next().is_some(),
    };
    AMBIENT.iter().filter(asks).map(|name| format!("`{name}`: only clock.rs asks the machine")).collect()
}

fn floating_point(source: &Source) -> Vec<String> {
    let of_money = source.is_in(&OF_MONEY) || source.path.ends_with("/money.rs");
    let floats = ["f32", "f64"].into_iter().filter(|name| words(&source.code, name).next().is_some());
    floats.filter(|_| of_money).map(|name| format!("`{name}` where amounts are decided or kept")).collect()
}

fn unbounded_sends(source: &Source) -> Vec<String> {
    let sends = source.path.starts_with("src/") && words(&source.code, "do_send").next().is_some();
    sends.then(|| "`do_send` ignores the mailbox's bound".to_owned()).into_iter().collect()
}

fn header(source: &Source) -> Vec<String> {
    let missing = !source.text.starts_with("//! ");
    missing.then(|| "has no `//!` header that says what it owns".to_owned()).into_iter().collect()
}

fn length_and_leftovers(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let long = (lines > LINES_MAX).then(|| format!("{lines} lines, {LINES_MAX} is the most"));
    let left = LEFTOVERS.into_iter().filter(|word| words(&source.text, word).next().is_some());
    long.into_iter().chain(left.map(|word| format!("`{word}`: do it now or leave it out"))).collect()
}

/// The load test and the tests of whole lives are second opinions: they must not share the server's mistakes.
fn black_box(source: &Source) -> Vec<String> {
    let imports = source.is_in(&BLACK_BOXES) && names_crate(&source.code, "farebox");
    imports.then(|| "a black box may not use the server's code".to_owned()).into_iter().collect()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Where `name` stands as a whole word: what is before it and what is after it.
fn words<'a>(code: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    code.match_indices(name).filter_map(move |(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        let whole = !before.ends_with(is_word) && !after.starts_with(is_word);
        whole.then_some((before, after))
    })
}

/// The code alone: comments are left out, and of texts and characters only the quotes stay.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = skipped_len(rest, code.ends_with(is_word));
        if skipped > 0 {
            let blank = if rest.starts_with('/') { " " } else { "\"\"" };
            code.push_str(blank);
            rest = &rest[skipped..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

/// The length of the comment, text or character that starts here; 0 where none does.
fn skipped_len(rest: &str, inside_word: bool) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment_len(rest);
    }
    if rest.starts_with('"') {
        return text_len(rest);
    }
    if rest.starts_with('\'') {
        return character_len(rest);
    }
    let raw = if inside_word { None } else { rest.strip_prefix('r').or_else(|| rest.strip_prefix("br")) };
    let Some(raw) = raw else { return 0 };
    let hashes = raw.len() - raw.trim_start_matches('#').len();
    if !raw[hashes..].starts_with('"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let opened = rest.len() - raw.len() + hashes + 1;
    rest[opened..].find(&end).map_or(rest.len(), |at| opened + at + end.len())
}

fn block_comment_len(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest.as_bytes()[at..];
        match (here.starts_with(b"/*"), here.starts_with(b"*/")) {
            (true, _) => depth += 1,
            (_, true) if depth == 1 => return at + 2,
            (_, true) => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
    }
    rest.len()
}

fn text_len(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// `'a'` and `'\u{1f600}'` are characters, `'a` is a lifetime.
fn character_len(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => {
            rest[2..].char_indices().skip(1).find(|(_, end)| *end == '\'').map_or(0, |(at, _)| at + 3)
        }
        Some(_) => characters.next().filter(|(_, end)| *end == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

/// Of the run, not of the build: checkouts that share a target folder share this test's binary too.
fn checkout() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells a test where its package is").into()
}

fn sources() -> Vec<Source> {
    let root = &checkout();
    let mut found = Vec::new();
    for folder in ["src", "tests", "benches", "loadtest/src", "loadtest/tests"] {
        collect(root, folder, &mut found);
    }
    found
}

fn collect(root: &Path, folder: &str, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries {
        let entry = entry.expect("a folder of the project can be read");
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(root, &path, found);
        } else if path.ends_with(".rs") {
            let text = fs::read_to_string(entry.path()).expect("a source file is UTF-8");
            found.push(Source::new(&path, &text));
        }
    }
}

#[test]
fn the_house_is_tidy() {
    let sources = sources();
    assert!(sources.iter().any(|source| source.path == "src/domain/mod.rs"), "the sources were not found");
    let mut problems: Vec<String> = sources.iter().flat_map(problems).collect();
    problems.sort();
    problems.dedup();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn the_load_test_does_not_depend_on_the_server() {
    let manifest = checkout().join("loadtest/Cargo.toml");
    let manifest = fs::read_to_string(manifest).expect("loadtest/Cargo.toml can be read");
    let depends = manifest.lines().any(|line| line.trim_start().starts_with("farebox"));
    assert!(!depends, "loadtest/Cargo.toml names farebox as a dependency");
}

/// A path, a file's text, and a part of what is said about it (empty: nothing).
type Sample = (&'static str, &'static str, &'static str);

fn check_samples(samples: &[Sample]) {
    for (path, text, want) in samples {
        let found = problems(&Source::new(path, &format!("//! A sample.\n{text}\n")));
        match want.is_empty() {
            true => assert!(found.is_empty(), "{path}: {text}\nmust be allowed, but: {found:?}"),
            false => {
                let caught = found.len() == 1 && found[0].contains(want);
                assert!(caught, "{path}: {text}\nmust be caught as {want:?}, found {found:?}");
            }
        }
    }
}

#[test]
fn a_lower_floor_does_not_use_a_higher_one() {
    check_samples(&[
        ("src/engine/book.rs", "use crate::domain::money::Money;", ""),
        ("src/engine/book.rs", "use crate::engine::batch::Batch;", ""),
        ("src/http/events.rs", "use crate::ingest::Desk;", ""),
        ("src/store/keys.rs", "use crate::config::Config;", ""),
        ("src/cli/key.rs", "use crate::http::events;", ""),
        ("src/clock.rs", "use crate::domain::time::Timestamp;", ""),
        ("src/tariff_file/mod.rs", "use crate::config::Config;", ""),
        ("src/domain/money.rs", "use crate::engine::batch::Batch;", "`domain` may not use `engine`"),
        ("src/domain/money.rs", "use crate::clock::Clock;", "`domain` may not use `clock`"),
        ("src/journal/frame.rs", "fn f() -> crate::store::Views {}", "`journal` may not use `store`"),
        ("src/engine/mod.rs", "use crate::{domain, actors::Engine};", "`engine` may not use `actors`"),
        ("src/engine/mod.rs", "use crate::{domain::{a, http}, journal};", ""),
        ("src/engine/mod.rs", "use super::actors::Engine;", "`engine` may not use `actors`"),
        ("src/engine/batch.rs", "use super::super::actors::Engine;", "`engine` may not use `actors`"),
        ("src/engine/batch.rs", "use super::actors::Engine;", ""),
        ("src/clock.rs", "use crate::engine::Engine;", "`clock` may not use `engine`"),
        ("src/cellar/mod.rs", "", "`cellar` stands on no floor"),
        ("src/actors/shard.rs", "/// See [`crate::http`].\nconst A: &str = \"crate::http\";", ""),
    ]);
}

#[test]
fn a_vendor_is_named_in_its_room_only() {
    check_samples(&[
        ("src/store/views.rs", "use rocksdb::DB;", ""),
        ("src/journal/embedded.rs", "fn f() -> rocksdb::DB {}", ""),
        ("src/actors/shard.rs", "use actix::Actor;", ""),
        ("src/actors/shard.rs", "use actix_rt::Arbiter;", ""),
        ("src/main.rs", "fn main() { actix_rt::System::new(); }", ""),
        ("src/http/mod.rs", "use actix_web::web;", ""),
        ("src/engine/ids.rs", "use rocksdb::DB;", "`rocksdb` may be named in"),
        ("src/http/mod.rs", "use actix::Addr;", "`actix` may be named in"),
        ("src/main.rs", "use actix_web::App;", "`actix_web` may be named in"),
        ("src/engine/ids.rs", "fn f() { super::getrandom::fill(&mut []); }", ""),
        ("src/engine/ids.rs", "fn f() { ::getrandom::fill(&mut []); }", "`getrandom` may be named in"),
        ("src/engine/ids.rs", "fn f() { getrandom::fill(&mut []); }", "`getrandom` may be named in"),
        ("tests/binary/main.rs", "use rocksdb::DB;", ""),
    ]);
    for (path, want) in [("src/journal.rs", true), ("src/journal/a.rs", true), ("src/journals/a.rs", false)] {
        assert_eq!(Source::new(path, "").is_in(&["src/journal"]), want, "{path}");
    }
}

#[test]
fn only_the_clock_asks_for_time_and_chance() {
    check_samples(&[
        ("src/clock.rs", "fn f() { std::time::SystemTime::now(); }", ""),
        ("tests/binary/life.rs", "fn f() { std::time::Instant::now(); }", ""),
        ("src/engine/ids.rs", "fn f(clock: &Clock) { clock.now(); }", ""),
        ("src/engine/ids.rs", "fn f() { SystemTime::now(); }", "`SystemTime::now`"),
        ("src/http/mod.rs", "fn f() { std::time::Instant::now(); }", "`Instant::now`"),
        ("src/cli/rate.rs", "fn f() { jiff::Timestamp::now(); }", "`Timestamp::now`"),
        ("src/store/mod.rs", "use rand::Rng;", "`rand`"),
    ]);
}

#[test]
fn amounts_are_no_floating_point() {
    check_samples(&[
        ("src/http/page.rs", "fn f(seconds: f64) {}", ""),
        ("src/domain/rating.rs", "fn f(price: f64) {}", "`f64`"),
        ("src/usage/verify.rs", "const HALF: f32 = 0.5;", "`f32`"),
        ("loadtest/src/money.rs", "fn f(price: f64) {}", "`f64`"),
        (
            "src/domain/rating.rs",
            "/* f64 /* nested */ f64 */ fn f<'a>(c: &'a str) { let _ = ('\\'', r#\"f64\"#); }",
            "",
        ),
    ]);
}

#[test]
fn mailboxes_keep_their_bound() {
    check_samples(&[
        ("src/actors/shard.rs", "fn f() { addr.try_send(1); }", ""),
        ("src/actors/shard.rs", "fn f() { addr.do_send(1); }", "`do_send`"),
    ]);
}

#[test]
fn every_file_says_what_it_owns_is_short_and_has_no_leftovers() {
    let bare = problems(&Source::new("src/domain/a.rs", "fn f() {}\n"));
    assert!(bare.len() == 1 && bare[0].contains("header"), "{bare:?}");
    let long = problems(&Source::new("src/domain/a.rs", &format!("//! A.\n{}", "\n".repeat(LINES_MAX))));
    assert!(long.len() == 1 && long[0].contains("501 lines"), "{long:?}");
    for word in LEFTOVERS {
        let left = problems(&Source::new("src/domain/a.rs", &format!("//! A.\n// {word}: later\n")));
        assert!(left.len() == 1 && left[0].contains(word), "{left:?}");
    }
}

#[test]
fn black_boxes_know_the_server_from_outside_only() {
    check_samples(&[
        ("loadtest/src/main.rs", "fn f() { println!(\"farebox::serve\"); }", ""),
        ("loadtest/src/main.rs", "use farebox::domain::money::Money;", "server's code"),
        ("tests/year/model/wallet.rs", "use farebox::domain::wallet::Wallet;", "server's code"),
        ("tests/lifecycle/world.rs", "fn f() { farebox::domain::money::Money::ZERO; }", "server's code"),
        ("tests/support/audit.rs", "use farebox::journal::Frame;", "server's code"),
        ("tests/support/engine.rs", "const A: &str = env!(\"CARGO_BIN_EXE_farebox\");", ""),
        ("benches/segments.rs", "use farebox::domain::segments::count;", ""),
    ]);
}
