//! `farebox audit`: who did what, as a table or as a file of CSV.

use clap::{Args, Subcommand};

use super::call::{Ask, Call};
use super::failure::Failure;

#[derive(Subcommand, Debug)]
pub enum AuditCommand {
    /// Lists what was done, the newest first
    List(Wanted),
    /// Prints what was done as CSV: `farebox audit export > audit.csv`
    Export(Wanted),
}

#[derive(Args, Debug)]
pub struct Wanted {
    /// Only what concerns this wallet
    #[arg(long)]
    wallet: Option<String>,
    /// Only what this key did (key_...)
    #[arg(long, value_name = "KEY_ID")]
    actor: Option<String>,
    /// Only acts of this kind, such as number.bought
    #[arg(long)]
    action: Option<String>,
    /// From this instant on
    #[arg(long, value_name = "RFC3339")]
    from: Option<String>,
    /// Before this instant
    #[arg(long, value_name = "RFC3339")]
    to: Option<String>,
}

impl Ask for AuditCommand {
    fn call(self) -> Result<Call, Failure> {
        Ok(match self {
            AuditCommand::List(wanted) => {
                let columns = &["at", "actor", "action", "wallet", "about", "reason"];
                wanted.of(Call::list(&["v1", "audit"], columns))
            }
            AuditCommand::Export(wanted) => wanted.of(Call::file(&["v1", "audit.csv"])),
        })
    }
}

impl Wanted {
    fn of(self, call: Call) -> Call {
        let Wanted { wallet, actor, action, from, to } = self;
        let call = call.query("wallet", wallet).query("actor", actor).query("action", action);
        call.query("from", from).query("to", to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::call::tests::{check, check_refused};

    #[test]
    fn the_audit_is_asked_for_as_the_interface_offers() {
        check::<AuditCommand>(&[
            ("list", "GET /v1/audit"),
            ("list --wallet acme --action hold.made", "GET /v1/audit?wallet=acme&action=hold.made"),
            ("export", "GET /v1/audit.csv"),
            (
                "export --actor key_1 --from 2026-08-01T00:00:00Z --to 2026-09-01T00:00:00Z",
                "GET /v1/audit.csv?actor=key_1&from=2026-08-01T00:00:00Z&to=2026-09-01T00:00:00Z",
            ),
        ]);
        check_refused::<AuditCommand>(&["list acme", "export --since x"]);
    }
}
