//! Automatic top-up: its settings, and whether it works.

use actix_web::web::{self, Data, Path};
use actix_web::{delete, get, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::entries::some;
use super::field;
use super::problem::Problem;
use super::top_ups::Payable;
use super::wire::{Amount, Instant};
use crate::actors::Engine;
use crate::actors::command::{WalletCommand, WalletRequest};
use crate::domain::access::Action;
use crate::domain::calendar::Zone;
use crate::domain::decide::{AutoSettings, AutoTerms};
use crate::domain::life::attempt::{Attempt, AttemptKind, Method};
use crate::domain::life::auto::{self, Limits, Switch};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::domain::wallet::WalletId;

/// How many of the last attempts are looked at for one that is under way.
const ATTEMPTS_LOOKED_AT: usize = 50;

/// The settings of automatic top-up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoTopUpOrder {
    /// False switches it off and leaves the rest as it was.
    enabled: bool,
    /// At or below so much available it fires; needed to switch it on.
    #[schema(example = "20")]
    minimum_balance: Option<String>,
    /// What it adds each time, in whole minor units of the wallet's currency; needed to switch it on.
    #[schema(example = "50")]
    amount: Option<String>,
    #[serde(default)]
    limits: Option<LimitsOrder>,
}

/// What may be tried in a day and a month of the wallet.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsOrder {
    /// 5 where it is left out.
    #[schema(minimum = 1, example = 5)]
    attempts_per_day: Option<u32>,
    /// No limit where it is left out, as below.
    #[schema(minimum = 1, example = 20)]
    attempts_per_month: Option<u32>,
    #[schema(example = "150")]
    amount_per_day: Option<String>,
    #[schema(example = "1000")]
    amount_per_month: Option<String>,
}

/// Automatic top-up, and how it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct AutoTopUp {
    enabled: bool,
    minimum_balance: Amount,
    amount: Amount,
    limits: TopUpLimits,
    /// `off`, `stopped` (until the cause is gone or it is switched on anew), `no_method` (nothing to charge is saved:
    /// the next checkout saves it), `under_way`, `waiting` (after a decline), `limited` (a limit is reached) or `ready`.
    #[schema(example = "ready")]
    status: &'static str,
    /// Why it is stopped: `declined`, `authentication_required`, `still_below` or `disputed`.
    #[schema(required, example = "declined")]
    reason: Option<&'static str>,
    /// When it is looked at again: after a decline, or when the period of a limit turns.
    #[schema(required)]
    retry_at: Option<Instant>,
    declines_in_a_row: u8,
    /// What is charged.
    #[schema(required)]
    payment_method: Option<PaymentMethod>,
}

/// What may be tried in a day and a month of the wallet; null is no limit.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopUpLimits {
    #[schema(required, example = 5)]
    attempts_per_day: Option<u32>,
    #[schema(required)]
    attempts_per_month: Option<u32>,
    #[schema(required)]
    amount_per_day: Option<Amount>,
    #[schema(required)]
    amount_per_month: Option<Amount>,
}

/// A saved means of payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentMethod {
    #[schema(required, example = "visa")]
    brand: Option<String>,
    #[schema(required, example = "4242")]
    last4: Option<String>,
}

/// Automatic top-up, and how it stands
#[utoipa::path(tag = "top-ups", responses((status = 200, description = "The settings", body = AutoTopUp)))]
#[get("/v1/wallets/{wallet}/auto-top-up")]
pub async fn get_auto_top_up(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
) -> Result<web::Json<AutoTopUp>, Problem> {
    let cell = caller.wallet(Action::SeeWallet, &wallet, &engine)?;
    told(&engine, cell.id).await
}

/// Set automatic top-up
///
/// Switched on anew, or set while it is stopped, it begins afresh: what stopped it no longer counts. It is looked at
/// at once, and fires if what is available is at or below the minimum.
#[utoipa::path(tag = "top-ups", responses((status = 200, description = "It is set", body = AutoTopUp)))]
#[put("/v1/wallets/{wallet}/auto-top-up")]
pub async fn put_auto_top_up(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
    order: Json<AutoTopUpOrder>,
) -> Result<web::Json<AutoTopUp>, Problem> {
    let cell = caller.wallet(Action::TopUp, &wallet, &engine)?;
    let settings = AutoSettings { on: checked(&order.0, Payable::of(&cell, &engine.config().payments))? };
    let request = WalletRequest::of(WalletCommand::SetAutoTopUp(settings)).by(caller.actor());
    engine.command(cell.id, request).await?;
    told(&engine, cell.id).await
}

/// Switch automatic top-up off
///
/// No new attempt is made; one under way still credits.
#[utoipa::path(tag = "top-ups", responses((status = 200, description = "It is off", body = AutoTopUp)))]
#[delete("/v1/wallets/{wallet}/auto-top-up")]
pub async fn delete_auto_top_up(
    caller: Caller,
    engine: Data<Engine>,
    wallet: Path<String>,
) -> Result<web::Json<AutoTopUp>, Problem> {
    let cell = caller.wallet(Action::TopUp, &wallet, &engine)?;
    let off = WalletCommand::SetAutoTopUp(AutoSettings { on: None });
    engine.command(cell.id, WalletRequest::of(off).by(caller.actor())).await?;
    told(&engine, cell.id).await
}

async fn told(engine: &Engine, wallet: WalletId) -> Result<web::Json<AutoTopUp>, Problem> {
    let standing = Standing::read(engine, wallet).await?;
    Ok(web::Json(AutoTopUp::of(standing, engine.clock().now())))
}

fn checked(order: &AutoTopUpOrder, payable: Payable) -> Result<Option<AutoTerms>, Problem> {
    let minimum = order.minimum_balance.as_deref().map(|minimum| field::amount("minimum_balance", minimum));
    let amount = order.amount.as_deref().map(|amount| payable.amount("amount", amount));
    let (minimum, amount) = (minimum.transpose()?, amount.transpose()?);
    if minimum.is_some_and(Money::is_negative) {
        return Err(Problem::bad_field("minimum_balance", "below zero"));
    }
    let nothing = LimitsOrder::default();
    let limits = limits(order.limits.as_ref().unwrap_or(&nothing), amount.unwrap_or(Money::ZERO))?;
    if !order.enabled {
        return Ok(None);
    }
    let missing = |field| Problem::bad_field(field, "it must be given to switch it on");
    Ok(Some(AutoTerms {
        minimum: minimum.ok_or_else(|| missing("minimum_balance"))?,
        amount: amount.ok_or_else(|| missing("amount"))?,
        limits,
    }))
}

fn limits(order: &LimitsOrder, amount: Money) -> Result<Limits, Problem> {
    let attempts = |field: &'static str, given: Option<u32>, default| match given {
        None => Ok(default),
        Some(0) => Err(Problem::bad_field(field, "not 1 or more")),
        Some(attempts) => Ok(attempts),
    };
    let amounts = |field: &'static str, given: &Option<String>| match given {
        None => Ok(Money::MAX),
        Some(text) => {
            let limit = field::amount(field, text)?;
            let less = !limit.is_positive() || limit < amount;
            if less { Err(Problem::bad_field(field, "less than is added each time")) } else { Ok(limit) }
        }
    };
    let none = Limits::default();
    Ok(Limits {
        attempts_per_day: attempts("limits.attempts_per_day", order.attempts_per_day, none.attempts_per_day)?,
        attempts_per_month: attempts(
            "limits.attempts_per_month",
            order.attempts_per_month,
            none.attempts_per_month,
        )?,
        amount_per_day: amounts("limits.amount_per_day", &order.amount_per_day)?,
        amount_per_month: amounts("limits.amount_per_month", &order.amount_per_month)?,
    })
}

/// All that says how automatic top-up stands.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    auto: auto::AutoTopUp,
    /// The one that is charged.
    method: Option<Method>,
    under_way: Option<Attempt>,
}

/// The one thing to know first of how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Off,
    Stopped,
    NoMethod,
    UnderWay,
    Waiting,
    Limited,
    Ready,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Status::Off => "off",
            Status::Stopped => "stopped",
            Status::NoMethod => "no_method",
            Status::UnderWay => "under_way",
            Status::Waiting => "waiting",
            Status::Limited => "limited",
            Status::Ready => "ready",
        }
    }
}

impl Standing {
    /// With everything that was acknowledged when it was asked for.
    pub async fn read(engine: &Engine, wallet: WalletId) -> Result<Standing, Problem> {
        engine.caught_up().await?;
        let views = engine.views();
        let auto = views.read_single::<auto::AutoTopUp>(wallet).map_err(Problem::internal)?;
        let method = views.read_single::<Method>(wallet).map_err(Problem::internal)?;
        let attempts = views.read_before::<Attempt>(wallet, u64::MAX, ATTEMPTS_LOOKED_AT);
        let mut attempts = attempts.map_err(Problem::internal)?.into_iter().map(|dated| dated.document);
        let under_way = attempts.find(|attempt| attempt.kind == AttemptKind::Auto && attempt.is_unresolved());
        // The customer is known from the first checkout on, and has a method only once that is paid.
        let method = method.filter(|method| !method.id.is_empty());
        Ok(Standing { auto: auto.unwrap_or_default(), method, under_way })
    }

    fn status(&self, now: Timestamp) -> Status {
        let auto = &self.auto;
        let later = |at: Timestamp| at != Timestamp::NEVER && at > now;
        let in_order = [
            (auto.switch == Switch::Off, Status::Off),
            (auto.stopped.is_some(), Status::Stopped),
            (self.method.is_none(), Status::NoMethod),
            (self.under_way.is_some(), Status::UnderWay),
            (later(auto.retry_at), Status::Waiting),
            (later(auto.limited_until), Status::Limited),
        ];
        let first = in_order.into_iter().find(|(applies, _)| *applies);
        first.map_or(Status::Ready, |(_, status)| status)
    }

    /// How much it may add still on the local day of `now`; `None` where it is not ready.
    pub fn may_add_today(&self, now: Timestamp, zone: &Zone) -> Option<Money> {
        (self.status(now) == Status::Ready).then(|| self.auto.may_add_today(now, zone))
    }
}

impl AutoTopUp {
    fn of(standing: Standing, now: Timestamp) -> AutoTopUp {
        let status = standing.status(now);
        let Standing { auto, method, .. } = standing;
        let attempts = |limit: u32| (limit != u32::MAX).then_some(limit);
        let amount = |limit: Money| (limit != Money::MAX).then_some(Amount(limit));
        let retry_at = match status {
            Status::Waiting => Some(Instant(auto.retry_at)),
            Status::Limited => Some(Instant(auto.limited_until)),
            _ => None,
        };
        AutoTopUp {
            enabled: auto.switch == Switch::On,
            minimum_balance: Amount(auto.minimum),
            amount: Amount(auto.amount),
            limits: TopUpLimits {
                attempts_per_day: attempts(auto.limits.attempts_per_day),
                attempts_per_month: attempts(auto.limits.attempts_per_month),
                amount_per_day: amount(auto.limits.amount_per_day),
                amount_per_month: amount(auto.limits.amount_per_month),
            },
            status: status.as_str(),
            reason: auto.stopped.map(auto::StopReason::as_str),
            retry_at,
            declines_in_a_row: auto.declines,
            payment_method: method
                .map(|method| PaymentMethod { brand: some(&method.brand), last4: some(&method.last4) }),
        }
    }
}

#[cfg(test)]
mod tests;
