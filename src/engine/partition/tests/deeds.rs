//! What somebody did is journalled with what it posted, once, and nothing else is.

use super::*;
use crate::domain::deed::Act;

/// The records of the frames so far: deeds as they are told, of others their kind.
fn told(desk: &mut Desk) -> Vec<String> {
    let frames: Vec<_> = desk.partition.seal(NOW).collect();
    let mut told = Vec::new();
    for sealed in &frames {
        let frame = Frame::read(&sealed.bytes).unwrap();
        for row in frame.rows() {
            let rows::Row::Wallet { record, .. } = rows::read(row.unwrap()).unwrap() else { continue };
            told.push(match &record.change {
                Change::Deed(deed) => format!("{} {} {}", deed.actor, deed.action.as_str(), deed.about),
                Change::Opened(_) => "opened".to_owned(),
                Change::TermsSet(_) => "terms".to_owned(),
                Change::Hold(_) => "hold".to_owned(),
                Change::Request(_) => "request".to_owned(),
                Change::Levels(_) => "levels".to_owned(),
                other => format!("{other:?}"),
            });
        }
    }
    told
}

fn make_hold(amount: &str) -> Command<'static> {
    Command::MakeHold { amount: money(amount), expires_at: later(NOW, DAY), campaign: "" }
}

const DAY: i64 = 86_400_000_000_000;

impl Desk {
    fn asks(&mut self, command: Command<'_>, once: Option<&str>, actor: Option<&str>) -> Once {
        let asked = Asked { command, once: once.map(|key| (key, Fingerprint(1))), actor };
        self.partition.carry_out(&mut self.wallet, asked, None, self.around.deciding(self.now))
    }
}

#[test]
fn a_deed_stands_behind_what_it_posted_and_a_repeat_or_a_refusal_is_none() {
    let mut desk = Desk::funded("10");
    told(&mut desk);
    let records = desk.wallet.records;
    assert_eq!(desk.asks(make_hold("4"), Some("k"), Some("key_1")), Once::Posted { answer: 1 });
    assert_eq!(told(&mut desk), ["hold", "request", "key_1 hold.made h_1 4"]);
    assert_eq!(desk.wallet.records, records + 3, "a deed is a record of its wallet");
    assert_eq!(desk.asks(make_hold("4"), Some("k"), Some("key_1")), Once::Replayed { answer: 1 });
    let lack = Once::Refused(Refusal::Lack(Lack::InsufficientBalance));
    assert_eq!(desk.asks(make_hold("40"), Some("k-2"), Some("key_1")), lack);
    assert_eq!(told(&mut desk), [""; 0], "what came before or to nothing is no act");
}

#[test]
fn what_nobody_asked_for_leaves_no_deed_and_a_deed_alone_changes_nothing() {
    let mut desk = Desk::funded("10");
    told(&mut desk);
    assert_eq!(desk.asks(Command::SetLevels { levels: &[] }, None, None), Once::Posted { answer: 0 });
    assert_eq!(told(&mut desk), ["levels"]);
    let before = desk.wallet.clone();
    let export = Command::Keep { action: Act::ExportMade, about: "usage.csv" };
    assert_eq!(desk.asks(export, None, Some("key_2")), Once::Posted { answer: 0 });
    assert_eq!(told(&mut desk), ["key_2 export.made usage.csv"]);
    assert_eq!(desk.wallet, Wallet { records: before.records + 1, ..before });
}

#[test]
fn a_wallets_opening_and_its_terms_are_told_with_their_tariff() {
    let mut desk = Desk::new();
    let asked = TermsAsked { actor: "key_3", tariff: "gold", terms: Terms { name: "Acme", ..TERMS } };
    let deciding = desk.around.deciding(NOW);
    desk.partition.set_terms(&mut desk.wallet, &asked, deciding).unwrap();
    let Terms { currency, time_zone, .. } = TERMS;
    let opened = format!("key_1 wallet.opened {currency} {time_zone} standard {}", TERMS.name);
    let changed = format!("key_3 wallet.changed {currency} {time_zone} gold Acme");
    assert_eq!(told(&mut desk), ["opened", opened.trim_end(), "terms", &changed]);
}

#[test]
fn a_deed_about_too_much_is_cut_to_what_a_row_has_room_for() {
    let mut desk = Desk::new();
    told(&mut desk);
    let long = "\u{e4}".repeat(200);
    desk.asks(Command::Keep { action: Act::ExportMade, about: &long }, None, Some("key_1"));
    assert_eq!(told(&mut desk), [format!("key_1 export.made {}", &long[..254])]);
}
