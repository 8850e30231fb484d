//! The test clock: where it stands, and moving it on.

use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::body::Json;
use super::field;
use super::problem::{Code, Problem};
use super::wire::Instant;
use crate::actors::Engine;
use crate::domain::access::Action;
use crate::effects::Outside;
use crate::effects::advance::NotAdvanced;

/// Where the test clock stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestClock {
    now: Instant,
}

/// Where the test clock is to stand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// RFC 3339, not before now.
    #[schema(example = "2026-08-15T00:00:00Z")]
    to: String,
}

/// Where the test clock stands
#[utoipa::path(tag = "test clock", responses(
    (status = 200, description = "Now", body = TestClock),
    (status = 409, description = "`no_test_clock`: the engine runs on the machine's clock"),
))]
#[get("/v1/test-clock")]
pub async fn get_test_clock(caller: Caller, engine: Data<Engine>) -> Result<web::Json<TestClock>, Problem> {
    caller.may(Action::MoveClock)?;
    match engine.clock().is_test() {
        true => Ok(web::Json(TestClock { now: Instant(engine.clock().now()) })),
        false => Err(NotAdvanced::NoTestClock.into()),
    }
}

/// Move the test clock
///
/// Everything that falls due on the way happens in order, each at its own time, and what is to be done outside
/// (payments, webhooks) is finished at each instant before the clock goes on. To now: finishes what is due.
#[utoipa::path(tag = "test clock", responses(
    (status = 200, description = "The clock stands there", body = TestClock),
    (status = 409, description = "`no_test_clock`: the engine runs on the machine's clock"),
))]
#[post("/v1/test-clock/advance")]
pub async fn post_advance(
    caller: Caller,
    outside: Data<Arc<Outside>>,
    advance: Json<Advance>,
) -> Result<web::Json<TestClock>, Problem> {
    caller.may(Action::MoveClock)?;
    let to = field::instant("to", &advance.0.to)?;
    let now = outside.advance(to).await?;
    Ok(web::Json(TestClock { now: Instant(now) }))
}

impl From<NotAdvanced> for Problem {
    fn from(error: NotAdvanced) -> Problem {
        match error {
            NotAdvanced::NoTestClock => Problem::new(Code::NoTestClock, error.to_string()),
            NotAdvanced::Backwards => Problem::bad_field("to", error.to_string()),
        }
    }
}
