//! The built-in slice: a few thousand messages put together from the lists below, the same ones for the
//! same seed, so that the audit runs where the corpora are not.

use fastrand::Rng;

use super::corpus::{Corpus, Letter};
use super::world::pick;

const LETTERS: usize = 4_000;
const SENDERS: usize = 45;
const RECIPIENTS: usize = 600;

const OPENINGS: &[&str] = &[
    "Hey",
    "Hi there",
    "Morning",
    "Sorry",
    "Quick one",
    "Ok so",
    "By the way",
    "Listen",
    "Good news",
    "Hmm",
];
const MIDDLES: &[&str] = &[
    "the bus is late again",
    "dinner is at seven",
    "I left the keys with Sam",
    "we moved the meeting to Tuesday",
    "the train was packed",
    "can you bring the blue folder",
    "the rain stopped at last",
    "my phone nearly died",
    "the shop had no bread left",
    "grandma says hello",
    "the film starts at nine",
    "I will call you after class",
    "the parcel is at the front desk",
    "we need two more chairs",
    "the café on the corner is shut",
    "Jörg and Zoë are coming too",
    "it was £12 in the end",
    "naïve of me, I know",
    "señor López sends his best",
];
const CLOSINGS: &[&str] =
    &["see you", "thanks!", "call me", "no hurry", "ok?", "later", ":-)", "take care", ""];
const OFFERS: &[&str] = &[
    "SALE ends tonight: 20% off with code RAIN20. Reply STOP to opt out.",
    "Your code is 493817. It is good for 10 minutes.",
    "Your order 10442 has left the depot and arrives between 9 and 11.",
    "Reminder: appointment on 14 May at 15:30. Reply 1 to confirm [clinic].",
    "Flight change {gate 12}: boarding now at 18:05. Terms ~ on our page.",
];

pub fn make(seed: u64) -> Corpus {
    let mut rng = Rng::with_seed(seed);
    let letters = (0..LETTERS).map(|_| letter(&mut rng)).collect();
    Corpus { name: "the built-in slice".to_string(), letters, left_out: 0 }
}

fn letter(rng: &mut Rng) -> Letter {
    // The smaller of two draws: a few senders write most of it, as in the real corpora.
    let sender = rng.usize(0..SENDERS).min(rng.usize(0..SENDERS));
    let bulk = sender.is_multiple_of(9);
    let recipient = rng.bool().then(|| format!("friend {}", rng.usize(0..RECIPIENTS)));
    let text = if bulk { pick(rng, OFFERS).to_string() } else { chat(rng) };
    Letter { sender: format!("writer {sender}"), recipient, text, bulk }
}

fn chat(rng: &mut Rng) -> String {
    let mut text = pick(rng, OPENINGS).to_string();
    // Mostly one sentence, seldom many: past 160 characters now and then.
    for _ in 0..rng.usize(1..4) * rng.usize(1..6) {
        text += ", ";
        text += pick(rng, MIDDLES);
    }
    format!("{text}. {}", pick(rng, CLOSINGS)).trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_slice() {
        assert_eq!(make(1).letters, make(1).letters);
        assert_ne!(make(1).letters, make(2).letters);
    }

    #[test]
    fn the_slice_has_short_and_long_messages_of_many_senders() {
        let letters = make(1).letters;
        assert!(letters.iter().any(|letter| letter.text.len() > 306), "none of three parts");
        assert!(letters.iter().any(|letter| letter.text.len() < 60), "none that is short");
        let senders: std::collections::HashSet<_> = letters.iter().map(|letter| &letter.sender).collect();
        assert!(senders.len() > SENDERS - 5, "only {} senders", senders.len());
    }
}
