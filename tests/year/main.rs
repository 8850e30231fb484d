//! A year of many wallets with random behaviour on the test clock, over HTTP against the real binary, and the same in
//! a naive model of the rules: the same entries and the same states, with SIGKILLs in between too.
//!
//! `FAREBOX_YEAR_WALLETS` says how many wallets (10,000), `FAREBOX_YEAR_KILLS` how many kills (40; 0: none), `FAREBOX_SEED`
//! repeats a run.

#![allow(clippy::disallowed_methods, reason = "outside the process there is no clock but the machine's")]

#[path = "../support/mod.rs"]
mod support;

mod behaviour;
mod compare;
mod fleet;
mod model;

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use behaviour::{Character, Deed};
use fleet::{Book, Came, Fleet};
use model::wallet::Wallet;
use support::data_dir::assert_verifies;
use support::random::Random;

/// A leap day is in it, and both changes of every clock.
const START: &str = "2027-06-01T00:00:00Z";
const DAYS: i64 = 366;
/// Moments a day at which some wallets act.
const MOMENTS_A_DAY: i64 = 2;
/// How many sleeping wallets begin to act at a moment, about, and the most of a thousand.
const ACTING: usize = 40;
const ACTING_PER_THOUSAND_MAX: usize = 20;
/// Days between checkpoints, and how many wallets are compared at each; all are at the end.
const CHECKPOINT_DAYS: i64 = 61;
const CHECKED: usize = 200;
const FAULTS_NAMED: usize = 20;
/// Deeds told of each wallet that is named: its last ones.
const DEEDS_NAMED: usize = 40;

fn number_from(name: &str, default: usize) -> usize {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}: wanted a number, got {text:?}")),
        Err(_) => default,
    }
}

struct Year {
    fleet: Fleet,
    characters: Vec<Character>,
    models: Vec<Wallet>,
    names: Vec<String>,
    holds: Vec<Vec<String>>,
    /// What each wallet has done.
    history: Vec<Vec<String>>,
    /// The first thing that went otherwise, by wallet.
    faults: Vec<Option<String>>,
    random: Random,
    deeds: usize,
}

impl Year {
    async fn open(wallets: usize, random: Random, seed: u64) -> Year {
        let start: Timestamp = START.parse().expect("an instant");
        let characters: Vec<Character> = (0..wallets).map(|number| Character::draw(number, seed)).collect();
        let models = characters.iter().map(|character| {
            Wallet::new(TimeZone::get(character.zone).unwrap_or_else(|error| panic!("{error}")))
        });
        let year = Year {
            fleet: Fleet::start(start),
            models: models.collect(),
            names: characters.iter().map(|character| character.name.clone()).collect(),
            holds: vec![Vec::new(); wallets],
            history: vec![Vec::new(); wallets],
            faults: vec![None; wallets],
            characters,
            random,
            deeds: 0,
        };
        let numbers: Vec<usize> = (0..wallets).collect();
        for some in numbers.chunks(32) {
            let opening = some
                .iter()
                .map(|number| year.fleet.open(&year.names[*number], year.characters[*number].zone));
            futures_util::future::join_all(opening).await;
        }
        year
    }

    /// Some wallets act, in the model and over HTTP.
    async fn moment(&mut self, per_thousand: u64, kill: Option<Duration>) {
        let now = self.fleet.now;
        let mut deeds = Vec::new();
        for wallet in 0..self.models.len() {
            if self.faults[wallet].is_none() && self.characters[wallet].acts(per_thousand) {
                let model = &mut self.models[wallet];
                model.pass_time(now);
                let deed = match model.entries.is_empty() {
                    true => self.characters[wallet].opens(wallet, model, now),
                    false => self.characters[wallet].acts_at(wallet, model, now),
                };
                deeds.push(deed);
            }
        }
        let attempts: Vec<usize> = self.models.iter().map(|model| model.auto.attempts.len()).collect();
        let book = Book { names: &self.names, holds: &self.holds, attempts: &attempts };
        let came = self.fleet.perform(&deeds, &book, kill).await;
        self.deeds += deeds.len();
        for (deed, came) in deeds.iter().zip(came) {
            self.history[deed.wallet].push(format!("{now} {deed}"));
            self.note(deed, came);
        }
    }

    fn note(&mut self, deed: &Deed, came: Came) {
        match came {
            Came::AsWanted => {}
            Came::Hold(id) => self.holds[deed.wallet].push(id),
            Came::Otherwise(fault) => {
                let (name, now) = (&self.names[deed.wallet], self.fleet.now);
                self.faults[deed.wallet] = Some(format!("{name} at {now}: {fault}"));
            }
        }
    }

    async fn compare(&mut self, wallets: &[usize]) {
        let now = self.fleet.now;
        for some in wallets.chunks(32) {
            for wallet in some {
                self.models[*wallet].pass_time(now);
            }
            let comparing = some.iter().filter(|wallet| self.faults[**wallet].is_none()).map(|wallet| {
                let (name, model) = (&self.names[*wallet], &self.models[*wallet]);
                let client = &self.fleet.client;
                async move { (*wallet, compare::wallet(client, name, model, now).await) }
            });
            for (wallet, result) in futures_util::future::join_all(comparing).await {
                self.faults[wallet] = result.err();
            }
        }
    }

    fn fail_where_anything_went_otherwise(&self, when: &str) {
        let faults: Vec<(&String, &Vec<String>)> = self
            .faults
            .iter()
            .zip(&self.history)
            .filter_map(|(fault, history)| fault.as_ref().map(|fault| (fault, history)))
            .collect();
        if faults.is_empty() {
            return;
        }
        for (fault, history) in faults.iter().take(FAULTS_NAMED) {
            println!("--- {fault}");
            for deed in &history[history.len().saturating_sub(DEEDS_NAMED)..] {
                println!("      {deed}");
            }
        }
        panic!("{when}: {} of {} wallets went otherwise than the rules say", faults.len(), self.models.len());
    }
}

/// With so many kills at random moments, half of them while the clock moves.
#[tokio::test]
async fn a_year_with_kills_goes_as_the_rules_say() {
    let mut random = Random::from_environment();
    let wallets = number_from("FAREBOX_YEAR_WALLETS", 10_000);
    let kills = number_from("FAREBOX_YEAR_KILLS", 40);
    let seed = random.next();
    let acting = (ACTING * 1_000 / wallets.max(1)).clamp(1, ACTING_PER_THOUSAND_MAX) as u64;
    let started = Instant::now();
    let mut year = Year::open(wallets, random, seed).await;
    // Every wallet begins on its own: money first.
    year.moment(1_000, None).await;
    let moments = DAYS * MOMENTS_A_DAY;
    let mut killed = 0;
    for moment in 1..=moments {
        let second = 1 + year.random.below(86_400 / MOMENTS_A_DAY as u64 - 1);
        let to = START.parse::<Timestamp>().expect("an instant")
            + SignedDuration::from_secs((moment - 1) * 86_400 / MOMENTS_A_DAY + second as i64);
        // Asked twice a moment.
        let dies = |random: &mut Random| random.below(2 * moments as u64) < kills as u64;
        match dies(&mut year.random) {
            true => {
                killed += 1;
                let pause = Duration::from_millis(year.random.below(40));
                year.fleet.advance_with_a_kill(to, pause).await;
            }
            false => year.fleet.advance(to).await,
        }
        let kill = dies(&mut year.random).then(|| Duration::from_millis(year.random.below(60)));
        killed += usize::from(kill.is_some());
        year.moment(acting, kill).await;
        year.fail_where_anything_went_otherwise(&format!("at {to}"));
        if moment % (CHECKPOINT_DAYS * MOMENTS_A_DAY) == 0 {
            let settled = year.fleet.now;
            year.fleet.advance(settled).await;
            let some: Vec<usize> =
                (0..CHECKED.min(wallets)).map(|_| year.random.below(wallets as u64) as usize).collect();
            year.compare(&some).await;
            year.fail_where_anything_went_otherwise(&format!("checkpoint at {to}"));
            println!("{to}: {} deeds, {killed} kills, {:.0?}", year.deeds, started.elapsed());
        }
    }
    finish(year, killed, started).await;
}

/// The end of the year: all that is open is given four days to end, then everything is compared.
async fn finish(mut year: Year, killed: usize, started: Instant) {
    let end = year.fleet.now + SignedDuration::from_hours(96);
    year.fleet.advance(end).await;
    let all: Vec<usize> = (0..year.models.len()).collect();
    year.compare(&all).await;
    let lived = started.elapsed();
    year.fail_where_anything_went_otherwise("at the end");
    let count = |of: fn(&Wallet) -> usize| year.models.iter().map(of).sum::<usize>();
    let fired: u64 = year.models.iter().map(|model| model.fired).sum();
    let released = |model: &Wallet| model.rentals.iter().filter(|rental| rental.is_released()).count();
    println!(
        "{} wallets, {} deeds, {killed} kills, {} entries, {} numbers ({} released), {} auto attempts, {} alerts",
        year.models.len(),
        year.deeds,
        count(|model| model.entries.len()),
        count(|model| model.rentals.len()),
        count(released),
        count(|model| model.auto.attempts.len()),
        count(|model| model.alerts.len()),
    );
    let (wall, advancing) = (lived.as_secs_f64(), year.fleet.advancing.as_secs_f64());
    println!(
        "the year took {wall:.1} s, the clock moved for {advancing:.1} s of it: {fired} timers, {:.0} a second",
        fired as f64 / advancing
    );
    for (what, found) in [
        ("released numbers", count(released)),
        ("unpaid fees", count(|model| model.alerts.iter().filter(|a| a.kind == "number.fee_unpaid").count())),
        (
            "releases cancelled",
            count(|m| m.alerts.iter().filter(|a| a.kind == "number.release_cancelled").count()),
        ),
        ("declined attempts", count(|m| m.auto.attempts.iter().filter(|a| a.status == "failed").count())),
        ("stopped auto top-ups", count(|m| m.alerts.iter().filter(|a| a.kind.starts_with("auto_")).count())),
    ] {
        println!("{found} {what}");
        assert!(found > 0 || year.models.len() < 500, "a year without {what} proves little");
    }
    let home = year.fleet.stop();
    assert_verifies(home.path());
}
