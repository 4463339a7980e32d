//! An HTTP service around `fundlayers`: `POST /answer` takes a request as JSON and gives its answer. README.md says how.

mod policies;
mod problems;
mod web;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use fundlayers_formats::DOCUMENT_LIMIT;
use tokio::net::TcpListener;

use policies::Policies;
use web::App;

/// Answers requests about layered public funding over HTTP.
#[derive(Debug, Parser)]
struct Options {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A folder whose .toml files are policies, besides the built-in ones.
    #[arg(long)]
    policies: Option<PathBuf>,
    /// The largest body of a request, in bytes; more than 1 MiB is not read as JSON in any case.
    #[arg(long, default_value_t = DOCUMENT_LIMIT)]
    body_limit: usize,
    /// Seconds in which a body must have come, and again in which it must have been answered.
    #[arg(long, default_value = "10", value_parser = seconds)]
    time_limit: Duration,
    /// How many answers are computed at once; left out: one for each processor.
    #[arg(long)]
    at_once: Option<usize>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing can be done if standard error is closed.
            _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let policies = Policies::load(options.policies.as_deref())?;
    for warning in policies.warnings() {
        _ = writeln!(std::io::stderr(), "warning: {warning}");
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let at_once = options.at_once.unwrap_or(processors).clamp(1, 1024);
    let app = Arc::new(App::new(policies, options.body_limit, options.time_limit, at_once));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve(options.listen, app, options.time_limit));
    // An answer that is still computed for nobody does not hold the process.
    runtime.shutdown_background();
    Ok(served?)
}

async fn serve(listen: SocketAddr, app: Arc<App>, time_limit: Duration) -> std::io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    let stop = stop()?;
    _ = writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?);
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let server = axum::serve(listener, web::routes(app)).with_graceful_shutdown(async {
        stop.await;
        _ = stopping.send(());
    });
    // Whatever was begun has come and been answered by then; only a connection that says nothing can hold on for longer.
    let overdue = async {
        _ = stopped.await;
        tokio::time::sleep(time_limit.saturating_mul(2).saturating_add(Duration::from_secs(1))).await;
    };
    tokio::select! {
        served = server.into_future() => served,
        () = overdue => Ok(()),
    }
}

/// Ends on Ctrl-C or, where there is one, SIGTERM; both are heeded from the moment this is called.
#[cfg(unix)]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async { _ = tokio::signal::ctrl_c().await })
}
