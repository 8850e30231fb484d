//! Several tariff files together: do their versions follow one another?

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fault::{Fault, Faults};
use crate::domain::tariff::{Misfit, Tariff, Version};

/// Puts versions, each with the name of its file, into their tariffs, which come by name. Faults name
/// both files.
pub fn check_series(versions: Vec<(String, Version)>) -> Result<Vec<Tariff>, Faults> {
    let mut by_name: BTreeMap<String, Vec<(String, Version)>> = BTreeMap::new();
    for (file, version) in versions {
        by_name.entry(version.head().name.clone()).or_default().push((file, version));
    }
    let mut faults = Faults::default();
    let mut tariffs = Vec::new();
    for mut versions in by_name.into_values() {
        versions.sort_by_key(|(_, version)| version.head().effective_from);
        tariffs.extend(follow(versions, &mut faults));
    }
    if faults.is_empty() { Ok(tariffs) } else { Err(faults) }
}

/// The tariff of versions of one name in the order of time.
fn follow(versions: Vec<(String, Version)>, faults: &mut Faults) -> Option<Tariff> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut tariff: Option<Tariff> = None;
    for (file, version) in versions {
        let label = version.head().label.clone();
        let version = Arc::new(version);
        match &mut tariff {
            None => tariff = Some(Tariff::new(version)),
            Some(tariff) => {
                if let Err(misfit) = tariff.add(version) {
                    let other = other_file(&files, &misfit);
                    let what = format!("after {other}: {misfit}");
                    faults.add(Fault { file, line: None, what });
                    continue;
                }
            }
        }
        files.push((label, file));
    }
    tariff
}

/// The file of the version that a misfit is about.
fn other_file<'a>(files: &'a [(String, String)], misfit: &Misfit) -> &'a str {
    let about = match misfit {
        Misfit::Label(label) | Misfit::NotLater(label) | Misfit::Overlap(label) | Misfit::Gap(label) => {
            Some(label)
        }
        Misfit::Name | Misfit::Currency(_) => None,
    };
    let known = files.iter().find(|(label, _)| Some(label) == about).or(files.last());
    known.map_or("", |(_, file)| file)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn versions_in_several_files_follow_one_another_or_name_both_files() {
        let file = |name: &str, label: &str, currency: &str, from: u8, until: Option<u8>| {
            let until =
                until.map_or(String::new(), |day| format!("effective_until = 2024-01-{day:02}T00:00:00Z\n"));
            let text = format!(
                "name = \"{name}\"\nversion = \"{label}\"\ncurrency = \"{currency}\"\n\
                 effective_from = 2024-01-{from:02}T00:00:00Z\n{until}rates_csv = '''\n\
                 direction,kind,prefix,sender_type,carrier,price,country\noutbound,sms,1,,,1,\n'''\n"
            );
            parse(&text, "t.toml").unwrap()
        };
        let check = |second: Version| {
            let versions = vec![
                ("second.toml".to_owned(), second),
                ("other.toml".to_owned(), file("u", "1", "EUR", 1, None)),
                ("first.toml".to_owned(), file("t", "1", "USD", 10, Some(20))),
            ];
            let told = |tariffs: Vec<Tariff>| {
                let lengths =
                    tariffs.iter().map(|tariff| format!("{} {}", tariff.name(), tariff.versions().len()));
                lengths.collect::<Vec<_>>().join(", ")
            };
            check_series(versions).map_or_else(|faults| faults.to_string(), told)
        };
        let table = [
            (file("t", "2", "USD", 20, None), "t 2, u 1"),
            (
                file("t", "2", "USD", 19, None),
                "second.toml: after first.toml: it overlaps version 1, which is in effect until later than this takes effect",
            ),
            (
                file("t", "2", "USD", 21, None),
                "second.toml: after first.toml: there is a gap after version 1, which is in effect only until before this takes effect",
            ),
            (
                file("t", "2", "USD", 10, None),
                "first.toml: after second.toml: it takes effect no later than version 2",
            ),
            (file("t", "1", "USD", 20, None), "second.toml: after first.toml: there is a version 1 already"),
            (
                file("t", "2", "EUR", 20, None),
                "second.toml: after first.toml: its currency is not that of the tariff, USD",
            ),
        ];
        for (second, want) in table {
            let told = format!("{:?}", second.head());
            assert_eq!(check(second), want, "{told}");
        }
    }
}
