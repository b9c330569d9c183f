//! Reader processes and what documents can do to them. Started with `child` this program is such a process itself, which is why
//! it has a main of its own; otherwise it shows the facts whose names contain its argument, all without one.
#[cfg(test)]
mod facts;
#[cfg(test)]
mod misbehaving;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("child") => misbehaving::child(&arguments),
        _ => facts::show(&arguments),
    }
}
