//! The checkout page: what the payer sees and does. Works without scripts.

use super::cards::{self, CARDS, Charging, TestCard};
use super::sessions;
use super::state::{Session, SessionStatus};
use super::transaction::Transaction;
use crate::payments::minor::{from_minor, parse_currency};

const TEMPLATE: &str = include_str!("page.html");
/// A card that is declined whatever was typed in.
const DECLINED: TestCard =
    TestCard { at_checkout: Charging::Declined { decline_code: "generic_decline" }, ..CARDS[0] };

/// What the payer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// With the card that was typed in.
    Pay,
    /// As if the bank said no.
    Decline,
    /// Leaves; the session stays open until it expires.
    Abandon,
}

impl Action {
    /// From the button's value.
    pub fn parse(word: &str) -> Option<Action> {
        match word {
            "pay" => Some(Action::Pay),
            "decline" => Some(Action::Decline),
            "abandon" => Some(Action::Abandon),
            _ => None,
        }
    }
}

/// What the payer gets to see next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageAnswer {
    /// HTML.
    Page(String),
    /// A place outside.
    Redirect(String),
}

pub fn show(transaction: &mut Transaction<'_>, session: &str) -> Option<String> {
    transaction.state().session(session).map(|session| html(session, ""))
}

pub fn act(
    transaction: &mut Transaction<'_>,
    session: &str,
    action: Action,
    card: &str,
) -> Option<PageAnswer> {
    let session = transaction.state().session(session)?.clone();
    let again = |message: &str| Some(PageAnswer::Page(html(&session, message)));
    if session.status != SessionStatus::Open {
        return again("");
    }
    let card = match action {
        Action::Abandon => {
            let left = session.cancel_url.clone().unwrap_or_else(|| sessions::success_url(&session));
            return Some(PageAnswer::Redirect(left));
        }
        Action::Decline => Some(&DECLINED),
        Action::Pay => cards::find(card),
    };
    let Some(card) = card else { return again("Only the test cards below are taken.") };
    match sessions::pay(transaction, session.clone(), card) {
        Ok(()) => Some(PageAnswer::Redirect(sessions::success_url(&session))),
        Err(_) => again("The card was declined. Nothing was paid; another card may be tried."),
    }
}

fn html(session: &Session, message: &str) -> String {
    let state = match session.status {
        SessionStatus::Open => "",
        SessionStatus::Complete => "This was paid.",
        SessionStatus::Expired => "This has expired. Nothing was paid.",
    };
    let form = if session.status == SessionStatus::Open { form() } else { String::new() };
    let message = if message.is_empty() { state } else { message };
    let message = match message {
        "" => String::new(),
        message => format!("<p class=\"message\" role=\"alert\">{}</p>", escaped(message)),
    };
    let parts = [
        ("{{product}}", escaped(&session.product)),
        ("{{amount}}", escaped(&amount(session))),
        ("{{message}}", message),
        ("{{form}}", form),
    ];
    // One pass: what was put in is not looked through again.
    let mut page = String::new();
    let mut rest = TEMPLATE;
    while let Some((at, (mark, value))) =
        parts.iter().filter_map(|part| rest.find(part.0).map(|at| (at, part))).min_by_key(|(at, _)| *at)
    {
        page.push_str(&rest[..at]);
        page.push_str(value);
        rest = &rest[at + mark.len()..];
    }
    page + rest
}

fn form() -> String {
    let cards: String = CARDS
        .iter()
        .map(|card| format!("<li><code>{}</code> {}</li>", card.number, escaped(card.what)))
        .collect();
    format!(
        r#"<form method="post">
      <label for="card">Card number</label>
      <input id="card" name="card" value="{}" inputmode="numeric" autocomplete="off" required>
      <div class="buttons">
        <button name="action" value="pay">Pay</button>
        <button name="action" value="decline">Decline</button>
        <button name="action" value="abandon">Abandon</button>
      </div>
    </form>
    <p>Cards that can be used here, and what each does:</p>
    <ul>{cards}</ul>"#,
        CARDS[0].number
    )
}

fn amount(session: &Session) -> String {
    let currency = parse_currency(&session.currency);
    let amount = currency.and_then(|currency| from_minor(session.amount, currency));
    amount.map(|amount| format!("{amount} {}", session.currency.to_ascii_uppercase())).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, character| {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
        escaped
    })
}
