//! Measurements of processes and times.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use ra_crypto::{AwsLc, Backend as _, OsEntropy};

use crate::Failed;
use crate::keys::Keys;

/// Returns the resident memory of a process, in bytes.
pub(crate) fn resident(pid: u32) -> Result<u64, Failed> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kilobytes.ok_or("no VmRSS")?.parse::<u64>()? * 1024)
}

/// Returns the user and system time of a process. Linux counts it in ticks of 10 ms.
pub(crate) fn cpu(pid: u32) -> Result<Duration, Failed> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks * 10))
}

/// Returns how many files this process and its children may open.
pub(crate) fn open_files() -> Result<u64, Failed> {
    let limits = fs::read_to_string("/proc/self/limits")?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next());
    match soft.ok_or("no limit of open files")? {
        "unlimited" => Ok(u64::MAX),
        number => Ok(number.parse()?),
    }
}

/// Returns a percentile in microseconds.
pub(crate) fn percentile(times: &mut [Duration], part: usize) -> f64 {
    times.sort_unstable();
    let at = (times.len() * part / 100).min(times.len().saturating_sub(1));
    times.get(at).copied().map_or(0.0, micros)
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Median time of the cryptography of one login, in microseconds.
pub(crate) struct Arithmetic {
    /// At the gateway: read a public key, seal nonce, user and token.
    pub(crate) gateway: f64,
    /// At the desktop: open all three.
    pub(crate) desktop: f64,
}

impl Arithmetic {
    pub(crate) fn measure(keys: &Keys, rounds: u32) -> Result<Self, Failed> {
        let mut key = keys.key(0)?;
        let spki = key.public_key().to_vec();
        let (mut sealing, mut opening) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let start = Instant::now();
            let peer = AwsLc.peer_key(black_box(&spki))?;
            let mut sealed = Vec::new();
            for plaintext in [[1; 32], [2; 32], [3; 32]] {
                sealed.push(peer.seal(&plaintext, &mut OsEntropy)?);
            }
            sealing.push(start.elapsed());
            let start = Instant::now();
            for sealed in &sealed {
                black_box(key.open(sealed)?);
            }
            opening.push(start.elapsed());
        }
        Ok(Self {
            gateway: percentile(&mut sealing, 50),
            desktop: percentile(&mut opening, 50),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_files() {
        let pid = std::process::id();
        assert!(resident(pid).unwrap() > 100_000);
        assert!(open_files().unwrap() > 2);
        assert!(cpu(pid).is_ok());
        assert!(resident(u32::MAX).is_err());
    }

    #[test]
    fn percentiles_are_of_the_sorted_times() {
        let mut times: Vec<_> = (1..=100).rev().map(Duration::from_micros).collect();
        assert_eq!(percentile(&mut times, 50), 51.0);
        assert_eq!(percentile(&mut times, 99), 100.0);
        assert_eq!(percentile(&mut [], 50), 0.0);
    }
}
