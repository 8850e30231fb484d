//! Prices over time (RULES, section 4): the tariff assigned at posting, in its version in effect at the fee's due
//! instant; where there is no fee row any more the last fee stands.

use reqwest::Method;
use serde_json::json;

use crate::seen;
use crate::world::{BRITISH, NUMBER, World};

fn version(name: &str, version: &str, from: &str, number_fees: &str) -> String {
    format!(
        r#"name = "{name}"
version = "{version}"
currency = "USD"
effective_from = {from}
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,1,,,0.01,US
'''
number_fees_csv = '''
prefix,type,fee
{number_fees}
'''
"#
    )
}

async fn add(world: &World, text: String) {
    let headers = [("content-type", "application/toml")];
    world.client.call(Method::POST, "/v1/tariffs", &headers, text).await.wants(201);
}

#[tokio::test]
async fn a_fee_is_that_of_the_version_in_effect_at_its_due_instant() {
    let mut world = World::start("2026-07-15T10:00:00Z").await;
    add(&world, version("gold", "one", "2020-01-01T00:00:00Z", "1,local,2\n44,local,3")).await;
    add(&world, version("gold", "two", "2026-09-15T00:00:00Z", "1,local,4")).await;
    add(&world, version("silver", "one", "2020-01-01T00:00:00Z", "1,local,7\n44,local,6")).await;
    let terms = json!({"currency": "USD", "time_zone": "UTC", "tariff": "gold"});
    world.client.put_wallet("acme", &terms).await.wants(201);
    world.credit("acme", "100").await;
    world.buy("acme", NUMBER).await;
    world.buy("acme", BRITISH).await;
    world.advance("2026-10-20T10:00:00Z").await;
    world.client.put_wallet("acme", &json!({"tariff": "silver"})).await.wants(200);
    world.advance("2026-11-20T10:00:00Z").await;
    let entries = seen::entries(&world.client, "acme").await;
    let wanted = [
        "2026-07-15 10:00:00 adjustment 100 = 100",
        "2026-07-15 10:00:00 number_fee -2 = 98",
        "2026-07-15 10:00:00 number_fee -3 = 95",
        "2026-08-15 number_fee -2 = 93",
        "2026-08-15 number_fee -3 = 90",
        // At the very instant of the second version, which has no row for Britain: the last fee stands.
        "2026-09-15 number_fee -4 = 86",
        "2026-09-15 number_fee -3 = 83",
        "2026-10-15 number_fee -4 = 79",
        "2026-10-15 number_fee -3 = 76",
        // Another tariff was assigned.
        "2026-11-15 number_fee -7 = 69",
        "2026-11-15 number_fee -6 = 63",
    ];
    assert_eq!(entries, wanted, "wanted each fee at the price of its due instant");
}

#[tokio::test]
async fn arrears_keep_the_fee_of_their_due_instant() {
    let mut world = World::start("2026-07-15T10:00:00Z").await;
    add(&world, version("gold", "one", "2020-01-01T00:00:00Z", "1,local,2")).await;
    add(&world, version("gold", "two", "2026-09-01T00:00:00Z", "1,local,4")).await;
    let terms = json!({"currency": "USD", "time_zone": "UTC", "tariff": "gold"});
    world.client.put_wallet("acme", &terms).await.wants(201);
    world.credit("acme", "2").await;
    world.buy("acme", NUMBER).await;
    world.advance("2026-09-20T10:00:00Z").await;
    let number = world.client.number("acme", NUMBER).await;
    let owed: Vec<_> =
        number["arrears"].as_array().unwrap().iter().map(|owed| owed["amount"].clone()).collect();
    assert_eq!(owed, [json!("2"), json!("4")], "wanted each month at its own price: {number}");
    world.credit("acme", "6").await;
    assert_eq!(world.client.wallet("acme").await["arrears"], "0", "6 pays both");
}
