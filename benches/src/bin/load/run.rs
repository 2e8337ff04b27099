//! The run: its measurements, in order.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use crate::Failed;
use crate::arguments::Arguments;
use crate::desktop::{Desktop, Socket, upgrade};
use crate::held::Held;
use crate::keys::Keys;
use crate::logins;
use crate::measure::{Arithmetic, micros, open_files, percentile};
use crate::process::Process;
use crate::report::{Holding, Logins, Report};

/// Time limit of the run, beside the time that sessions are held.
const WITHIN: Duration = Duration::from_secs(1_200);
/// Rounds of heartbeats whose CPU is measured.
const ROUNDS: u32 = 5;
/// Logins and echoes before memory is measured, so that memory allocated once does not count.
const WARM_UP: u32 = 20;

/// Runs all measurements. Prints the table even if a limit is missed.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failed> {
    let files = u64::from(arguments.sessions + 4 * arguments.desktops + arguments.phones) + 100;
    let limit = open_files()?;
    if limit < files {
        return Err(format!("this needs {files} open files, the limit is {limit}").into());
    }
    timeout(
        WITHIN + Duration::from_secs(arguments.hold),
        measured(arguments),
    )
    .await?
}

async fn measured(arguments: Arguments) -> Result<(), Failed> {
    eprintln!("making keys");
    let keys = Keys::make(arguments.sessions + arguments.desktops + 1)?;
    let arithmetic = Arithmetic::measure(&keys, arguments.logins.min(1_000))?;
    let echo = echo_server(&arguments).await?;
    let held = held_sessions(&arguments, &keys).await?;
    let full = full_logins(&arguments, &keys).await?;
    let report = Report {
        arguments: &arguments,
        arithmetic,
        gateway: (held, full),
        echo,
    };
    print!("{report}");
    report.verdict()
}

async fn echo_server(arguments: &Arguments) -> Result<(Holding, Logins), Failed> {
    let server = Process::echo().await?;
    let address = server.address;
    logins::echoes(address, WARM_UP).await?;
    let every = Duration::from_secs(41);
    let open = move |index| async move { Ok((upgrade(address, index).await?, every)) };
    let (held, mut holding) = fill(arguments, &server, open).await?;
    held.beat().await?;
    beats(&held, &server, &mut holding, arguments).await?;
    holding.probe(logins::echoes(address, arguments.probes).await?);
    drop(held);
    server.end().await?;

    let server = Process::echo().await?;
    let burst = logins::at_the_echo_server(server.address, arguments);
    let done = burst_of(&server, burst).await?;
    server.end().await?;
    Ok((holding, done))
}

async fn held_sessions(arguments: &Arguments, keys: &Keys) -> Result<Holding, Failed> {
    let gateway = Process::gateway(arguments).await?;
    let address = gateway.address;
    // not one of those that are held: a second socket with the same key ends the first
    let own = arguments.sessions;
    logins::one_by_one(address, keys, own, WARM_UP).await?;
    let open = |index| {
        let keys = keys.clone();
        async move {
            let mut key = keys.key(index)?;
            let desktop = Desktop::open(address, index, &mut *key).await?;
            Ok((desktop.socket, desktop.heartbeat))
        }
    };
    let (held, mut holding) = fill(arguments, &gateway, open).await?;
    eprintln!("holding them for {} s", arguments.hold);
    held.last(Duration::from_secs(arguments.hold)).await?;
    beats(&held, &gateway, &mut holding, arguments).await?;
    eprintln!("{} logins among them", arguments.probes);
    holding.probe(logins::one_by_one(address, keys, own, arguments.probes).await?);
    held.beat().await?;
    holding.answered = held.answered();
    drop(held);
    gateway.end().await?;
    Ok(holding)
}

/// Opens all sockets, and measures CPU and memory.
async fn fill<F, O>(
    arguments: &Arguments,
    process: &Process,
    open: F,
) -> Result<(Held, Holding), Failed>
where
    F: Fn(u32) -> O,
    O: Future<Output = Result<(Socket, Duration), Failed>> + Send + 'static,
{
    sleep(Duration::from_millis(500)).await; // for what the warm-up left to go away
    let (idle, cpu, start) = (process.resident()?, process.cpu()?, Instant::now());
    let held = Held::open(arguments.sessions, arguments.openings, open).await?;
    let per = 1.0 / f64::from(arguments.sessions);
    let holding = Holding {
        idle,
        resident: process.resident()?.saturating_sub(idle),
        opening_cpu: micros(process.cpu()?.saturating_sub(cpu)) * per,
        ..Holding::default()
    };
    let took = start.elapsed().as_secs_f64();
    eprintln!("  all open after {took:.1} s");
    Ok((held, holding))
}

/// Measures the CPU of heartbeats, and the memory of sessions after them.
async fn beats(
    held: &Held,
    process: &Process,
    holding: &mut Holding,
    arguments: &Arguments,
) -> Result<(), Failed> {
    let (cpu, before) = (process.cpu()?, held.answered());
    for _ in 0..ROUNDS {
        held.beat().await?;
    }
    let answered = (held.answered() - before) as f64;
    holding.heartbeat_cpu = micros(process.cpu()?.saturating_sub(cpu)) / answered;
    let resident = process.resident()?.saturating_sub(holding.idle);
    holding.resident = holding.resident.max(resident);
    holding.answered = held.answered();
    holding.per_session = holding.resident / u64::from(arguments.sessions);
    Ok(())
}

async fn full_logins(arguments: &Arguments, keys: &Keys) -> Result<Logins, Failed> {
    let gateway = Process::gateway(arguments).await?;
    logins::one_by_one(gateway.address, keys, arguments.sessions, WARM_UP).await?;
    eprintln!("{} logins at full speed", arguments.logins);
    let burst = logins::at_full_speed(gateway.address, keys, arguments);
    let done = burst_of(&gateway, burst).await?;
    gateway.end().await?;
    Ok(done)
}

async fn burst_of(
    process: &Process,
    burst: impl Future<Output = Result<Vec<Duration>, Failed>>,
) -> Result<Logins, Failed> {
    let (cpu, start) = (process.cpu()?, Instant::now());
    let mut times = burst.await?;
    let count = times.len();
    let (wall, cpu) = (start.elapsed(), process.cpu()?.saturating_sub(cpu));
    Ok(Logins {
        count,
        a_second: count as f64 / wall.as_secs_f64(),
        cpu: micros(cpu) / count as f64,
        p50: percentile(&mut times, 50),
        p99: percentile(&mut times, 99),
    })
}
