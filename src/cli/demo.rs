//! `stocktruth demo`: the very same check, against an embedded shop, stock API and mail server on loopback.

use std::path::{Path, PathBuf};

use super::result::Target;
use super::{Exit, Failure, args, check, terminal};
use crate::domain::clock::Clock;
use crate::report::{self, Progress};
use crate::run::{self, Scope, Stop, Tools};
use crate::{config, demo};

pub(super) async fn run(args: args::Demo, clock: Clock) -> Result<Exit, Failure> {
    let stuck = |what: String| Failure::new(Exit::NotEnough, what, "the demo needs loopback and a folder to write to");
    let demo = demo::start(&clock).await.map_err(|error| stuck(error.to_string()))?;
    let folder =
        folder(args.folder.as_deref()).map_err(|error| stuck(format!("no folder for the demo's files: {error}")))?;
    let written = |name: &str, bytes: &[u8]| {
        let file = folder.join(name);
        std::fs::write(&file, bytes)
            .map(|()| file.clone())
            .map_err(|error| stuck(format!("{}: {error}", file.display())))
    };

    let file = demo.write_config(&folder).map_err(|error| stuck(format!("{}: {error}", folder.display())))?;
    let config = config::load(&file)
        .map_err(|problems| Failure::new(Exit::Bug, problems.render(false), "the demo's own configuration is wrong"))?;
    let job = check::job(config);
    let (_pull, stop) = Stop::new();
    let tools = Tools { clock, stop, progress: Progress::new(terminal::shows_progress()) };
    terminal::remark(&format!(
        "a shop at {}, its stock API at {} and a mail server on port {}, all on this machine\n",
        demo.shop_url(),
        demo.stock_url(),
        demo.smtp_port()
    ));
    let outcome = run::check(&job, &Scope::default(), &tools).await.map_err(|error| stuck(error.to_string()))?;
    Target::open(None)?.write(&outcome, args.format, false)?;
    Target::open(Some(&folder.join("result.json")))?.write(&outcome, args::Format::Json, true)?;

    let look = terminal::look(true);
    for (n, mail) in demo.mails().iter().enumerate() {
        written(&format!("mail-{}.eml", n + 1), mail)?;
        let Some(parts) = demo::mail_parts(mail) else { continue };
        written(&format!("mail-{}.html", n + 1), parts.html.unwrap_or_default().as_bytes())?;
        if args.format == args::Format::Table {
            let _ = report::mail(&parts.subject, &parts.text, look, &mut anstream::stdout());
        }
    }
    if args.format == args::Format::Table {
        terminal::say(&format!(
            "left in {}:\n  stocktruth.yaml  the configuration of this demo\n  stock-token      the secret it names\n  mail-N.eml       the mails as sent, mail-N.html to open in a browser\n  result.json      the result as JSON\n  stocktruth.db    what a run remembers\nnext: `stocktruth init` writes a configuration for your own shop",
            folder.display()
        ));
    }
    // The demo's mismatches are its point, not a failure.
    Ok(Exit::Agrees)
}

fn folder(wanted: Option<&Path>) -> std::io::Result<PathBuf> {
    match wanted {
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            // It writes a stocktruth.yaml and a stocktruth.db, which must not be somebody's own.
            if std::fs::read_dir(folder)?.next().is_some() {
                return Err(std::io::Error::other(format!("{} is not empty; name a new one", folder.display())));
            }
            Ok(folder.to_owned())
        }
        None => Ok(tempfile::Builder::new().prefix("stocktruth-demo-").tempdir()?.keep()),
    }
}
