//! Running other programs, and saying so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

/// A task's outcome; the error is a sentence for a person.
pub type Outcome<T = ()> = Result<T, String>;

/// The project's root.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// A command that runs in the project's root.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// A program that an npm package of the project brings.
pub fn npm_bin(name: &str) -> String {
    let path = root().join("node_modules/.bin").join(name);
    path.to_string_lossy().into_owned()
}

/// Runs a step of which only the name and the time are shown, and its output if it fails.
pub fn step(title: &str, command: &mut Command) -> Outcome {
    timed(title, || {
        let output = command
            .stdin(Stdio::null())
            .output()
            .map_err(|error| describe(command, &error.to_string()))?;
        if output.status.success() {
            return Ok(());
        }
        eprint!(
            "\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Err(describe(command, &output.status.to_string()))
    })
}

/// Runs a step that prints its own output.
pub fn show(title: &str, command: &mut Command) -> Outcome {
    println!("\n── {title}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| describe(command, &error.to_string()))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "{title}: {}",
            describe(command, &status.to_string())
        ))
    }
}

/// Prints a title and the time after what `work` does: others may print meanwhile.
pub fn timed<T>(title: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let start = Instant::now();
    let result = work();
    match &result {
        Ok(_) => println!("  {title:<44}{:>7.1} s", start.elapsed().as_secs_f64()),
        Err(_) => println!("  {title:<44} failed"),
    }
    result
}

/// Does all of it at the same time. The error is the first of theirs, in the order of the arguments.
pub fn together<const N: usize>(works: [impl FnOnce() -> Outcome + Send; N]) -> Outcome {
    thread::scope(|scope| {
        let works = works.map(|work| scope.spawn(work));
        let panicked = |_| Err("a thread has panicked".to_owned());
        let ends = works.map(|work| work.join().unwrap_or_else(panicked));
        ends.into_iter().collect()
    })
}

/// Whether a program is there and runs.
pub fn exists(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null());
    command.output().is_ok_and(|output| output.status.success())
}

fn describe(command: &Command, problem: &str) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    format!("{}: {problem}", name.to_string_lossy())
}
