//! The texts and who wrote to whom: the real corpora where they are, else the built-in slice.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;

const NUS: &str = "sms/nus_en.tsv.gz";
const UCI: &str = "sms/uci_sms_spam.tsv";
/// Invented senders of the corpus that names none.
const UCI_SENDERS: usize = 12;

/// One message of a corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Becomes a wallet.
    pub sender: String,
    /// Becomes a peer; `None` where the corpus does not tell.
    pub recipient: Option<String>,
    pub text: String,
    /// Reads like a campaign of an application, not like a person.
    pub bulk: bool,
}

#[derive(Debug)]
pub struct Corpus {
    pub name: String,
    pub letters: Vec<Letter>,
    /// Lines that are no messages (torn records of the corpus itself).
    pub left_out: usize,
}

/// The files that a run on real data reads, where one is missing.
pub fn missing(data: &Path) -> Option<String> {
    let absent = [NUS, UCI].into_iter().find(|file| !data.join(file).is_file())?;
    Some(data.join(absent).display().to_string())
}

/// Both corpora of a data folder.
pub fn read(data: &Path) -> Result<Corpus> {
    let mut corpus = Corpus { name: format!("{NUS} and {UCI}"), letters: Vec::new(), left_out: 0 };
    let nus = open(&data.join(NUS))?;
    for line in BufReader::new(GzDecoder::new(nus)).lines().skip(1) {
        match nus_letter(&line.with_context(|| format!("reading {NUS}"))?) {
            Some(letter) => corpus.letters.push(letter),
            None => corpus.left_out += 1,
        }
    }
    let uci = open(&data.join(UCI))?;
    for (number, line) in BufReader::new(uci).split(b'\n').enumerate() {
        let line = line.with_context(|| format!("reading {UCI}"))?;
        match uci_letter(&String::from_utf8_lossy(&line), number) {
            Some(letter) => corpus.letters.push(letter),
            None => corpus.left_out += 1,
        }
    }
    ensure!(!corpus.letters.is_empty(), "no messages in {}", data.display());
    Ok(corpus)
}

fn open(path: &Path) -> Result<File> {
    File::open(path).with_context(|| format!("opening {}", path.display()))
}

/// id, sender, recipient, country, text
fn nus_letter(line: &str) -> Option<Letter> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [_, sender, recipient, _, text] = cells[..] else { return None };
    let recipient = (recipient != "unknown" && !recipient.is_empty()).then(|| recipient.to_string());
    Some(Letter { sender: format!("nus {sender}"), recipient, text: text.to_string(), bulk: false })
}

/// label, text
fn uci_letter(line: &str, number: usize) -> Option<Letter> {
    let (label, text) = line.trim_end_matches('\r').split_once('\t')?;
    let sender = format!("uci {label} {}", number % UCI_SENDERS);
    Some(Letter { sender, recipient: None, text: text.to_string(), bulk: label == "spam" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_both_corpora_become_letters() {
        let letter = nus_letter("en1\t51\tunknown\tSG\tBugis oso near wat...").expect("five cells");
        assert_eq!((letter.sender.as_str(), letter.recipient), ("nus 51", None));
        let letter = nus_letter("en2\t51\tabc\tSG\tok").expect("five cells");
        assert_eq!(letter.recipient.as_deref(), Some("abc"));
        assert_eq!(nus_letter("END:VCARD\""), None);
        let letter = uci_letter("spam\tWIN a prize\r", 13).expect("two cells");
        assert_eq!(
            (letter.sender.as_str(), letter.text.as_str(), letter.bulk),
            ("uci spam 1", "WIN a prize", true)
        );
        assert_eq!(uci_letter("", 0), None);
    }

    #[test]
    fn real_corpora_are_read_whole() {
        let data = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo tells it"))
            .join("../../shared/data");
        if let Some(file) = missing(&data) {
            println!("skipped: real_corpora_are_read_whole needs {file}");
            return;
        }
        let corpus = read(&data).expect("both files are there");
        assert!(corpus.letters.len() > 61_000, "only {} letters", corpus.letters.len());
        assert!(corpus.left_out < 200, "{} lines left out", corpus.left_out);
    }
}
