//! Days make months and months make years, on either axis; on that of posting what one closes with the next opens with.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::figures::Figures;
use crate::ledger::Ledger;
use crate::question::{Axis, Question};
use crate::support::client::Client;
use crate::support::nanos;

/// First and last day of a month.
pub type Month = (Date, Date);

/// Every month from the first day to the last.
pub fn months(first: Date, last: Date) -> Vec<Month> {
    let starts = std::iter::successors(Some(first.first_of_month()), |month| Some(*month + 1.month()));
    starts.take_while(|month| *month <= last).map(|month| (month, month.last_of_month())).collect()
}

pub fn sum<'a>(figures: impl IntoIterator<Item = &'a Figures>) -> Figures {
    figures.into_iter().fold(Figures::default(), |mut sum, more| {
        sum += more;
        sum
    })
}

/// All months, which hold everything there is, are what they are asked for together; so are the days of those that are
/// wanted day by day. Each is what the entries come to.
pub async fn parts_meet(
    client: &Client,
    wallet: &str,
    ledger: &Ledger,
    months: &[Month],
    is_wanted_by_day: impl Fn(Date) -> bool,
) {
    for axis in Axis::BOTH {
        let ask = async |from, to| ledger.holds(client, wallet, &Question::new(axis, from, to)).await;
        let mut of_months = Vec::new();
        let mut closing = (axis == Axis::Posted).then_some(0);
        for (from, to) in months {
            let month = ask(*from, *to).await;
            let what = format!("{wallet}: {from} opens with what the month before closed with");
            assert_eq!(month.opening, closing, "{what}");
            if is_wanted_by_day(*from) {
                let mut of_days = Vec::new();
                for day in from.series(1.day()).take_while(|day| day <= to) {
                    let day_alone = ask(day, day).await;
                    let what = format!("{wallet}: {day} opens with what the day before closed with");
                    assert_eq!(day_alone.opening, closing, "{what}");
                    closing = day_alone.closing;
                    of_days.push(day_alone.totals);
                }
                assert_eq!(sum(&of_days), month.totals, "{wallet}, {axis:?}: the days of {from} to {to}");
            }
            closing = month.closing;
            of_months.push(month.totals);
        }
        let (first, last) = (months[0].0, months[months.len() - 1].1);
        let whole = Question::new(axis, first, last).by(&["month"]);
        let whole = ledger.holds(client, wallet, &whole).await;
        assert_eq!(sum(&of_months), whole.totals, "{wallet}, {axis:?}: the months of {first} to {last}");
        let balance = ledger.entries.last().map(|entry| nanos(entry["balance_after"].as_str().expect("it")));
        let balances = (axis == Axis::Posted).then_some((0, balance.unwrap_or_default()));
        assert_eq!(whole.opening.zip(whole.closing), balances, "{wallet}: from nothing to the balance");
    }
}
